/**
 * Layers an image by what is installed in it: a pure function of the image, so that edges which
 * never met agree.
 */
@NullMarked
package io.outcrop.refactor.plan.intrinsic;

import org.jspecify.annotations.NullMarked;

/** Decides which entries of an image become which layers. */
@NullMarked
package io.outcrop.refactor.plan;

import org.jspecify.annotations.NullMarked;

/** Plans layers that images share, learned from a corpus of images. */
@NullMarked
package io.outcrop.refactor.plan.epoch;

import org.jspecify.annotations.NullMarked;

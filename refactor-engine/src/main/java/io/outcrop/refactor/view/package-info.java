/** Folds layers into the root file system that a container would see. */
@NullMarked
package io.outcrop.refactor.view;

import org.jspecify.annotations.NullMarked;

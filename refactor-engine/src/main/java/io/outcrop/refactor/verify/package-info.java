/** Proves that a refactored image is what its source is, before anybody is told of it. */
@NullMarked
package io.outcrop.refactor.verify;

import org.jspecify.annotations.NullMarked;

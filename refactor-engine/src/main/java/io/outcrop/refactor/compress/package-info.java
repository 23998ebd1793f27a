/**
 * Expands layers, within bounds, and compresses them so that equal bytes always make equal ones.
 */
@NullMarked
package io.outcrop.refactor.compress;

import org.jspecify.annotations.NullMarked;

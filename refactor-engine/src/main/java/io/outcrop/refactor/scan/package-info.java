/** Reads a layer once, and keeps what is in it without its content. */
@NullMarked
package io.outcrop.refactor.scan;

import org.jspecify.annotations.NullMarked;

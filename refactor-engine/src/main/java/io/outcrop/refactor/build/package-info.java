/** Writes groups of entries as layers, and the documents that name them. */
@NullMarked
package io.outcrop.refactor.build;

import org.jspecify.annotations.NullMarked;

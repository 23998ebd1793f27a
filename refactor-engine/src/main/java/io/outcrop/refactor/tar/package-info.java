/**
 * The tar format, byte by byte: names and attributes are never text here.
 *
 * <p>What is read is what Go's {@code archive/tar} reads, as nearly all container engines are built
 * upon it. What is written has one form only.
 */
@NullMarked
package io.outcrop.refactor.tar;

import org.jspecify.annotations.NullMarked;

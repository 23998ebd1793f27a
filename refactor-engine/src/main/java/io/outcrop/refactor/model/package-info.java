/**
 * What is in a root file system, as values: names and attributes are bytes, never text, so that
 * nothing is lost in reading and writing them.
 */
@NullMarked
package io.outcrop.refactor.model;

import org.jspecify.annotations.NullMarked;

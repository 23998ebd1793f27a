/**
 * The replacement policy, which decides what stays when the store is full: pure and simulatable.
 */
@NullMarked
package io.outcrop.storage.cache;

import org.jspecify.annotations.NullMarked;

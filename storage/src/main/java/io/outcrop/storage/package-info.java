/** The content-addressed store: blobs as files, and everything known about them in RocksDB. */
@NullMarked
package io.outcrop.storage;

import org.jspecify.annotations.NullMarked;

/**
 * OCI image layouts, in a folder or a tar: read as hostile input, written so that a cut does no
 * harm.
 */
@NullMarked
package io.outcrop.storage.layout;

import org.jspecify.annotations.NullMarked;

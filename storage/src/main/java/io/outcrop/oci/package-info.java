/** Digests, references, media types and manifests as validated values, without any I/O. */
@NullMarked
package io.outcrop.oci;

import org.jspecify.annotations.NullMarked;

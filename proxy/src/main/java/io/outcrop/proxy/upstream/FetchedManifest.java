package io.outcrop.proxy.upstream;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Manifest;
import io.outcrop.oci.MediaType;

/**
 * A manifest as an upstream sent it, verified.
 *
 * @param digest what was asked for, or what the upstream named the tag's content; the bytes hash to
 *     it
 * @param mediaType the declared type, or the document's own where the declared one says nothing
 * @param bytes the document; not to be written to
 * @param manifest what Outcrop reads out of it
 * @param anonymous whether it was fetched without any credential, and so is public
 */
public record FetchedManifest(
    Digest digest, MediaType mediaType, byte[] bytes, Manifest manifest, boolean anonymous) {}

package io.outcrop.proxy.upstream;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import java.util.OptionalLong;

/** What an upstream says about a manifest; more than asked for where it cannot say it briefly. */
public sealed interface ManifestHead {

  /** The content address. */
  Digest digest();

  /** The type. */
  MediaType mediaType();

  /** The length in bytes, where told. */
  OptionalLong size();

  /** Whether it was asked without any credential. */
  boolean anonymous();

  /**
   * The answer to HEAD.
   *
   * @param digest the address as the upstream tells it; nothing was hashed
   * @param mediaType the declared type
   * @param size the declared length
   * @param anonymous whether no credential was used
   */
  record HeadOnly(Digest digest, MediaType mediaType, OptionalLong size, boolean anonymous)
      implements ManifestHead {}

  /**
   * The whole manifest, because the upstream answers HEAD badly.
   *
   * @param manifest to be used instead of fetching it again
   */
  record WithBody(FetchedManifest manifest) implements ManifestHead {

    @Override
    public Digest digest() {
      return manifest.digest();
    }

    @Override
    public MediaType mediaType() {
      return manifest.mediaType();
    }

    @Override
    public OptionalLong size() {
      return OptionalLong.of(manifest.bytes().length);
    }

    @Override
    public boolean anonymous() {
      return manifest.anonymous();
    }
  }
}

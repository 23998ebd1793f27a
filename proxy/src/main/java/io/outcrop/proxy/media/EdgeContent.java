package io.outcrop.proxy.media;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.oci.Repository;
import io.outcrop.oci.Tag;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An edge, as whoever carries images to it or from it deals with it. Its methods block, and throw
 * {@link IOException} where the edge cannot be reached or refuses.
 */
public interface EdgeContent {

  /** Whether content is held, and each of these repositories may have it. */
  Presence look(Digest digest, List<Repository> repositories) throws IOException;

  /**
   * The bytes of content that is held, from an offset on, unverified.
   *
   * @return empty if it is not held, or not any more
   */
  Optional<InputStream> open(Digest digest, Repository repository, long offset) throws IOException;

  /** Brings content, which the edge verifies. */
  Delivery bring(Consignment consignment) throws IOException;

  /** What a tag last meant there. */
  Optional<Known> tag(Repository repository, Tag tag) throws IOException;

  /**
   * Sets what a tag means.
   *
   * @return what it means there instead, if that is known from a later time
   */
  Optional<Known> setTag(Repository repository, Tag tag, Known known, boolean force)
      throws IOException;

  /** What is known there to refer to a manifest. */
  Optional<Referrers> referrers(Repository repository, Digest subject) throws IOException;

  /** Lists a manifest, which was brought before, with what it refers to. */
  void setReferrer(Repository repository, Digest manifest, Instant confirmedAt) throws IOException;

  /** Bytes of content that may be there at once. */
  long capacity() throws IOException;

  /** Whether some content is there. */
  sealed interface Presence {

    /**
     * It is.
     *
     * @param size its length in bytes
     * @param mediaType of a manifest
     * @param isPrivate whether not everybody may read it at its upstream
     */
    record Held(long size, Optional<MediaType> mediaType, boolean isPrivate) implements Presence {}

    /**
     * It is not.
     *
     * @param partial bytes that are there of it, to go on behind
     */
    record Absent(long partial) implements Presence {}
  }

  /**
   * Content to bring.
   *
   * @param digest what it is
   * @param repositories where it is from, one at least
   * @param mediaType of a manifest
   * @param isPrivate whether not everybody may read it at its upstream
   * @param bytes it, from the offset on
   * @param offset where in it the bytes begin
   * @param size its whole length in bytes
   */
  record Consignment(
      Digest digest,
      List<Repository> repositories,
      Optional<MediaType> mediaType,
      boolean isPrivate,
      InputStream bytes,
      long offset,
      long size) {}

  /** What came of bringing content. */
  sealed interface Delivery {

    /** It is there now. */
    record Taken() implements Delivery {}

    /** It is on its way there already; the bytes were not read. */
    record Busy() implements Delivery {}

    /**
     * It begins behind what is there; the bytes were not read.
     *
     * @param partial bytes that are there of it
     */
    record Ahead(long partial) implements Delivery {}

    /**
     * The bytes are not what they should be, and were not kept.
     *
     * @param why in words
     */
    record Wrong(String why) implements Delivery {}
  }

  /**
   * What a name stands for.
   *
   * @param digest the manifest
   * @param confirmedAt when the upstream last said so
   */
  record Known(Digest digest, Instant confirmedAt) {}

  /**
   * What refers to a manifest.
   *
   * @param manifests those that do
   * @param confirmedAt when the upstream last listed them
   */
  record Referrers(List<Descriptor> manifests, Instant confirmedAt) {}
}

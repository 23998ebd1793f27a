package io.outcrop.storage;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.oci.Tag;
import java.nio.charset.StandardCharsets;

/** Names something mutable at an upstream whose last known state is kept. */
public sealed interface RecordKey {

  /** The repository it belongs to. */
  Repository repository();

  /**
   * A tag of a repository.
   *
   * @param tag the tag
   */
  record OfTag(Repository repository, Tag tag) implements RecordKey {}

  /**
   * The list of manifests that refer to another one.
   *
   * @param subject the manifest referred to, which need not exist
   */
  record OfReferrers(Repository repository, Digest subject) implements RecordKey {}

  /** The key in the database; the parts hold no control characters, so NUL divides them. */
  default byte[] encoded() {
    return switch (this) {
      case OfTag(Repository repository, Tag tag) -> bytes("t" + repository + '\0' + tag);
      case OfReferrers(Repository repository, Digest subject) ->
          bytes("r" + repository + '\0' + subject);
    };
  }

  private static byte[] bytes(String key) {
    return key.getBytes(StandardCharsets.UTF_8);
  }
}

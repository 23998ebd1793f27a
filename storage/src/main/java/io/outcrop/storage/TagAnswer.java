package io.outcrop.storage;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.oci.Tag;
import java.time.Instant;

/**
 * What a tag is answered with while its upstream says it means a certain digest.
 *
 * @param repository the repository of the tag
 * @param source what the upstream says
 * @param given what is answered; the source itself, or what was made of it
 * @param since when that was decided, to the millisecond
 */
public record TagAnswer(
    Repository repository, Tag tag, Digest source, Digest given, Instant since) {

  /** Cuts the time to what the database keeps. */
  public TagAnswer {
    since = Instant.ofEpochMilli(since.toEpochMilli());
  }
}

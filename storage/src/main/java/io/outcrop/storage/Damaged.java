package io.outcrop.storage;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.storage.ContentInfo.Origin;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/**
 * Content that was resident and turned out not to be what it should be. It is out of service by the
 * time anybody is told of it.
 *
 * @param content what it should have been
 * @param info what was known of it
 * @param kind what is wrong
 * @param finder who found it
 * @param at when, to the millisecond
 */
public record Damaged(Digest content, ContentInfo info, Kind kind, Finder finder, Instant at) {

  private static final String FORMAT = "1";
  private static final int FIELDS = 7;

  /** What is wrong with content. */
  public enum Kind {
    /** There is nothing. */
    MISSING("it is missing"),
    /** It has another length, or something else is in its place. */
    WRONG_LENGTH("it has another length"),
    /** It has the right length and other bytes. */
    WRONG_BYTES("its bytes are not those of its digest"),
    /** The disk or the database gives an error for it. */
    UNREADABLE("it cannot be read");

    private final String description;

    Kind(String description) {
      this.description = description;
    }

    /** What {@link ContentStore#explain} says. */
    Reason reason() {
      return this == WRONG_BYTES ? Reason.ROTTEN : Reason.DAMAGED;
    }

    /** A clause for a message, such as "it is missing". */
    public String description() {
      return description;
    }
  }

  /** Who found damage. */
  public enum Finder {
    /** Somebody asked for the content. */
    READER,
    /** The {@link Scrubber}. */
    SCRUB
  }

  /** Cuts the time to what the database keeps, so that a record equals itself read back. */
  public Damaged {
    at = Instant.ofEpochMilli(at.toEpochMilli());
  }

  byte[] encoded() {
    return String.join(
            " ",
            FORMAT,
            kind.name(),
            finder.name(),
            info.origin().name(),
            Long.toString(info.size()),
            Long.toString(at.toEpochMilli()),
            info.mediaType().map(MediaType::value).orElse(""))
        .getBytes(StandardCharsets.UTF_8);
  }

  static Damaged decode(Digest content, byte[] value) {
    String[] fields = new String(value, StandardCharsets.UTF_8).split(" ", FIELDS);
    if (!fields[0].equals(FORMAT)) {
      throw new IllegalStateException("damage record format: " + fields[0] + " (expected: 1)");
    }
    Optional<MediaType> mediaType =
        fields[6].isEmpty() ? Optional.empty() : Optional.of(new MediaType(fields[6]));
    return new Damaged(
        content,
        new ContentInfo(Long.parseLong(fields[4]), mediaType, Origin.valueOf(fields[3])),
        Kind.valueOf(fields[1]),
        Finder.valueOf(fields[2]),
        Instant.ofEpochMilli(Long.parseLong(fields[5])));
  }
}

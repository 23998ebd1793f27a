package io.outcrop.storage;

import io.outcrop.oci.Digest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * The last known state of something mutable at an upstream.
 *
 * @param digest the content it was
 * @param confirmedAt when the upstream last said so, to the millisecond
 */
public record MutableRecord(Digest digest, Instant confirmedAt) {

  /** Cuts the time to what the database keeps, so that a record equals itself read back. */
  public MutableRecord {
    confirmedAt = Instant.ofEpochMilli(confirmedAt.toEpochMilli());
  }

  byte[] encoded() {
    byte[] name = digest.toString().getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(Long.BYTES + name.length)
        .putLong(confirmedAt.toEpochMilli())
        .put(name)
        .array();
  }

  static MutableRecord decode(byte[] value) {
    ByteBuffer buffer = ByteBuffer.wrap(value);
    Instant confirmedAt = Instant.ofEpochMilli(buffer.getLong());
    return new MutableRecord(
        Digest.parse(StandardCharsets.UTF_8.decode(buffer).toString()), confirmedAt);
  }
}

package io.outcrop.proxy.fill;

import io.outcrop.storage.ContentInfo.Origin;
import java.nio.channels.ReadableByteChannel;

/**
 * A blob that somebody brings, rather than one that is fetched.
 *
 * @param bytes those behind the offset, up to the end
 * @param offset where in the blob they begin
 * @param total length of the whole blob in bytes
 * @param origin who may read it
 */
public record Incoming(ReadableByteChannel bytes, long offset, long total, Origin origin) {

  /**
   * @throws IllegalArgumentException if the offset is not within the blob
   */
  public Incoming {
    if (offset < 0 || offset > total) {
      throw new IllegalArgumentException(
          "offset: " + offset + " (expected: within " + total + " bytes)");
    }
  }
}

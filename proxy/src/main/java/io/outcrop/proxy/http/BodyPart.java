package io.outcrop.proxy.http;

import io.outcrop.proxy.fill.BlobContent;

/** A piece of an answer's body. */
public sealed interface BodyPart {

  /** Its length in bytes. */
  long length();

  /**
   * Bytes in memory.
   *
   * @param bytes not to be changed
   */
  record Bytes(byte[] bytes) implements BodyPart {
    @Override
    public long length() {
      return bytes.length;
    }
  }

  /**
   * A range of a blob, sent as far as it is there and followed as it grows.
   *
   * @param content the blob, closed by the {@link Response} it is in
   * @param from first byte
   * @param to behind the last byte
   */
  record Slice(BlobContent content, long from, long to) implements BodyPart {
    @Override
    public long length() {
      return to - from;
    }
  }
}

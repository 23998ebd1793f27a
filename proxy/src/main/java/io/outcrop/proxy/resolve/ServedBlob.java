package io.outcrop.proxy.resolve;

import io.outcrop.proxy.fill.BlobContent;

/** A blob to answer with. */
public sealed interface ServedBlob {

  /** How it came about. */
  Outcome outcome();

  /** Length of the whole blob in bytes. */
  long size();

  /**
   * A small blob, in memory.
   *
   * @param bytes all of it; not to be changed
   */
  record InMemory(byte[] bytes, Outcome outcome) implements ServedBlob {
    @Override
    public long size() {
      return bytes.length;
    }
  }

  /**
   * A blob in a file, complete or growing.
   *
   * @param content its bytes, to be closed by whoever was given this
   */
  record InFile(BlobContent content, Outcome outcome) implements ServedBlob {
    @Override
    public long size() {
      return content.size();
    }
  }
}

package io.outcrop.proxy.transfer;

import io.outcrop.proxy.fill.BlobContent;
import io.outcrop.storage.ContentInfo;

/** Content that is held, to give away. */
public sealed interface HeldContent {

  /** What is known of it. */
  ContentInfo info();

  /**
   * Small content, in memory.
   *
   * @param bytes all of it; not to be changed
   */
  record InMemory(ContentInfo info, byte[] bytes) implements HeldContent {}

  /**
   * Content in a file.
   *
   * @param content its bytes, to be closed by whoever was given this
   */
  record InFile(ContentInfo info, BlobContent content) implements HeldContent {}
}

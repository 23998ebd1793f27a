package io.outcrop.proxy.fill;

import io.outcrop.proxy.upstream.UpstreamException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;

/** Reads content that may still grow, waiting for its bytes. Blocks; not thread-safe. */
final class FollowedContent implements AutoCloseable {

  private final BlobContent content;
  private final Semaphore progress = new Semaphore(0);

  /** Takes over content, which is closed with this. */
  FollowedContent(BlobContent content) {
    this.content = content;
    content.onProgress(progress::release);
  }

  /**
   * Reads some bytes, waiting for at least one.
   *
   * @return how many, or -1 at the end; nothing if no more will come
   */
  OptionalLong read(ByteBuffer target, long position) throws UpstreamException {
    while (true) {
      progress.drainPermits();
      long there = content.available() - position;
      if (there > 0) {
        return readFile(
            target.limit(target.position() + (int) Math.min(there, target.remaining())), position);
      }
      if (position >= content.size()) {
        return OptionalLong.of(-1);
      }
      if (content.failure().isPresent() || content.detour().isPresent()) {
        return OptionalLong.empty();
      }
      try {
        progress.acquire();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new UpstreamException.Unavailable("interrupted while waiting for bytes");
      }
    }
  }

  @Override
  public void close() {
    content.close();
  }

  private OptionalLong readFile(ByteBuffer target, long position) {
    try {
      int count = content.channel().read(target, position);
      return count > 0 ? OptionalLong.of(count) : OptionalLong.empty();
    } catch (IOException e) {
      return OptionalLong.empty(); // It can be had from outside.
    }
  }
}

package io.outcrop.storage.layout;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Digest.Algorithm;
import io.outcrop.storage.layout.Incoming.Growing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * Content on its way into a layout in a folder: hashed as it comes, and there under its digest only
 * when it is whole. Not thread-safe; any number may write to a layout at the same time.
 */
public final class LayoutBlobWriter implements AutoCloseable {

  private static final int REHASH_CHUNK = 256 << 10;

  private final OciLayout layout;
  private final Growing growing;
  private final Optional<Digest> expected;
  private final Algorithm algorithm;
  private final MessageDigest hash;
  private long length;
  private boolean ended;

  LayoutBlobWriter(OciLayout layout, Growing growing, Optional<Digest> expected)
      throws IOException {
    this.layout = layout;
    this.growing = growing;
    this.expected = expected;
    this.algorithm = expected.map(Digest::algorithm).orElse(Algorithm.SHA256);
    this.hash = algorithm.newMessageDigest();
    rehash();
  }

  /** Bytes there, which is more than none at the start if an earlier writer was cut. */
  public long length() {
    return length;
  }

  /** Appends bytes. */
  public void write(ByteBuffer bytes) throws IOException {
    ByteBuffer toHash = bytes.duplicate();
    int count = bytes.remaining();
    while (bytes.hasRemaining()) {
      growing.channel().write(bytes);
    }
    hash.update(toHash);
    length += count;
  }

  /** Forgets all bytes, to begin again from none. */
  public void restart() throws IOException {
    growing.channel().truncate(0);
    growing.channel().position(0);
    hash.reset();
    length = 0;
  }

  /**
   * Makes the content visible, its bytes being durable; it is no matter if it was there already.
   *
   * @return its digest
   * @throws LayoutException if it is not what was promised; nothing of it is kept
   */
  public Digest commit() throws IOException {
    Digest actual = Digest.finish(algorithm, hash);
    if (expected.isPresent() && !expected.get().equals(actual)) {
      restart();
      throw new LayoutException(
          "content " + expected.get() + ": the bytes written have the digest " + actual);
    }
    growing.channel().force(true);
    layout.publish(growing.file(), actual);
    ended = true;
    return actual;
  }

  /** Ends it. What was not committed stays for a later writer, if it can be found again. */
  @Override
  public void close() throws IOException {
    try (growing) {
      if (!ended && (!growing.resumable() || length == 0)) {
        Files.deleteIfExists(growing.file());
      }
    } finally {
      ended = true;
    }
  }

  private void rehash() throws IOException {
    FileChannel channel = growing.channel();
    ByteBuffer chunk = ByteBuffer.allocateDirect(REHASH_CHUNK);
    while (channel.read(chunk.clear()) >= 0) {
      length += chunk.position();
      hash.update(chunk.flip());
    }
  }
}

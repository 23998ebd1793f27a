package io.outcrop.refactor.compress;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Reads and hashes a stream on a thread of its own, a few chunks ahead of who reads this one: so
 * that expanding a layer and looking at what is in it take two processors. One reader at a time.
 */
public final class ReadAhead extends InputStream {

  private static final int CHUNK_BYTES = 1 << 17;
  private static final int CHUNKS = 6;

  /** Some bytes, or the end of them, in its place among others. */
  private static final class Chunk {
    private final byte[] bytes = new byte[CHUNK_BYTES];
    private int length;
    private boolean last;
    private @Nullable Throwable failure;
  }

  private final InputStream source;
  private final MessageDigest hash;
  private final BlockingQueue<Chunk> free = new ArrayBlockingQueue<>(CHUNKS);
  private final BlockingQueue<Chunk> filled = new ArrayBlockingQueue<>(CHUNKS);
  private final Thread thread;
  private final byte[] one = new byte[1];
  private @Nullable Chunk current;
  private int at;
  private boolean ended;

  /**
   * @param source read to its end, but not closed
   * @param hash gets all bytes; its result may be asked for once this stream has ended
   */
  public ReadAhead(InputStream source, MessageDigest hash) {
    this.source = source;
    this.hash = hash;
    for (int i = 0; i < CHUNKS; i++) {
      free.add(new Chunk());
    }
    this.thread = Thread.ofPlatform().daemon().name("outcrop-unpack").start(this::fill);
  }

  private void fill() {
    try {
      boolean last = false;
      while (!last) {
        Chunk chunk = free.take();
        fill(chunk);
        last = chunk.last;
        filled.put(chunk);
      }
    } catch (InterruptedException _) {
      // The reader has gone.
    }
  }

  private void fill(Chunk chunk) {
    try {
      chunk.length = source.readNBytes(chunk.bytes, 0, CHUNK_BYTES);
      hash.update(chunk.bytes, 0, chunk.length);
      chunk.last = chunk.length < CHUNK_BYTES;
    } catch (IOException | RuntimeException | Error e) {
      chunk.length = 0;
      chunk.failure = e;
      chunk.last = true;
    }
  }

  @Override
  public int read() throws IOException {
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    Chunk chunk = current();
    if (chunk == null) {
      return -1;
    }
    int read = Math.min(length, chunk.length - at);
    System.arraycopy(chunk.bytes, at, target, offset, read);
    at += read;
    return read;
  }

  /** A chunk with bytes left in it; null at the end. */
  private @Nullable Chunk current() throws IOException {
    try {
      while (!ended) {
        Chunk chunk = current;
        if (chunk == null) {
          chunk = filled.take();
          current = chunk;
          at = 0;
        }
        if (at < chunk.length) {
          return chunk;
        }
        rethrow(chunk.failure);
        ended = chunk.last;
        current = null;
        free.put(chunk);
      }
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("reading was interrupted");
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  private static void rethrow(@Nullable Throwable failure) throws IOException {
    switch (failure) {
      case null -> {}
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }

  /**
   * Stops the thread, and waits for it: afterwards nobody uses the source any more, or the hash.
   */
  @Override
  public void close() {
    thread.interrupt();
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

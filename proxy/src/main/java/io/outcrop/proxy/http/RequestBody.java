package io.outcrop.proxy.http;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The body of a request, read as it comes by one thread that may block; however long it is, little
 * of it is held at a time. A client told to wait for {@code 100 Continue} is let go on by the first
 * read. Reads fail once the request is answered.
 */
public final class RequestBody implements ReadableByteChannel {

  /** From so many bytes on, no more is taken from the connection. */
  static final int HIGH_WATER = 256 << 10;

  private static final int LOW_WATER = 64 << 10;
  private static final int FIRST_ROOM = 8 << 10;
  // What a piece costs beyond its bytes, so that a body of tiny pieces is bounded too.
  private static final int PIECE_BYTES = 256;

  /** Told, on the reader's thread, what the reader is up to. */
  interface Demand {
    /** The reader has begun to read. */
    void wanted();

    /** The reader has made room for more. */
    void drained();
  }

  private final OptionalLong length;
  private final Demand demand;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // All guarded by the lock; the event loop puts in, the reader takes out.
  private final Deque<ByteBuf> waiting = new ArrayDeque<>();
  private long buffered;
  private long received;
  private State state = State.COMING;
  private String whyCut = "";
  private boolean wanted;
  private boolean readerWaits;
  private boolean dropping;

  private RequestBody(OptionalLong length, Demand demand) {
    this.length = length;
    this.demand = demand;
  }

  /** The body of a request that has none; shared, so that such requests cost nothing here. */
  static final RequestBody NONE = new RequestBody(OptionalLong.of(0), Idle.INSTANCE);

  /** One that is to come. */
  static RequestBody coming(OptionalLong length, Demand demand) {
    return new RequestBody(length, demand);
  }

  /** Its length in bytes, where the client says so ahead. */
  public OptionalLong length() {
    return length;
  }

  /**
   * Takes some bytes, waiting for the first.
   *
   * @return how many, or -1 when all have been read
   * @throws IOException if the client went away, stalled, or sent what is no body
   */
  @Override
  public int read(ByteBuffer target) throws IOException {
    if (this == NONE) {
      return -1;
    }
    boolean first = false;
    boolean drained;
    int count;
    lock.lock();
    try {
      if (!wanted) {
        wanted = true;
        first = true;
      }
    } finally {
      lock.unlock();
    }
    if (first) {
      demand.wanted();
    }
    lock.lock();
    try {
      awaitBytes();
      if (waiting.isEmpty()) {
        return endOfBytes();
      }
      long before = buffered;
      count = take(target);
      drained = before > LOW_WATER && buffered <= LOW_WATER;
    } finally {
      lock.unlock();
    }
    if (drained) {
      demand.drained();
    }
    return count;
  }

  /** A stream over the same bytes. */
  public InputStream stream() {
    return Channels.newInputStream(this);
  }

  /**
   * Reads all of it.
   *
   * @param most how long it may be, in bytes
   * @throws BodyTooLargeException if it is longer; of a length told ahead nothing is read
   * @throws IOException if the client does not send it to its end
   */
  public byte[] readAll(int most) throws IOException {
    if (length.orElse(0) > most) {
      throw new BodyTooLargeException(most);
    }
    ByteBuffer bytes =
        ByteBuffer.allocate((int) Math.min(most + 1L, length.orElse(FIRST_ROOM - 1) + 1));
    while (read(bytes) >= 0) {
      if (bytes.position() > most) {
        throw new BodyTooLargeException(most);
      }
      if (!bytes.hasRemaining()) {
        int room = (int) Math.min(most + 1L, 2L * bytes.capacity());
        bytes = ByteBuffer.allocate(room).put(bytes.flip());
      }
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  @Override
  public boolean isOpen() {
    if (this == NONE) {
      return true;
    }
    lock.lock();
    try {
      return !dropping;
    } finally {
      lock.unlock();
    }
  }

  /** Lets go of what has not been read; what still comes is dropped. */
  @Override
  public void close() {
    if (this == NONE) {
      return;
    }
    lock.lock();
    try {
      dropping = true;
      release();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Puts in bytes, which are counted by this from now on. */
  void add(ByteBuf bytes) {
    lock.lock();
    try {
      received += bytes.readableBytes();
      if (dropping || state != State.COMING || !bytes.isReadable()) {
        bytes.release();
        return;
      }
      buffered += bytes.readableBytes() + PIECE_BYTES;
      waiting.add(bytes);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** All of it has come. */
  void end() {
    become(State.WHOLE, "");
  }

  /** No more of it will come. */
  void cut(String why) {
    become(State.CUT, why);
  }

  /** Whether nothing more is to come. */
  boolean isOver() {
    if (this == NONE) {
      return true;
    }
    lock.lock();
    try {
      return state != State.COMING;
    } finally {
      lock.unlock();
    }
  }

  /** Whether the reader waits for the client. */
  boolean isWaitedFor() {
    lock.lock();
    try {
      return readerWaits;
    } finally {
      lock.unlock();
    }
  }

  /** Bytes of memory that what has come and not been read takes, about. */
  public long buffered() {
    lock.lock();
    try {
      return buffered;
    } finally {
      lock.unlock();
    }
  }

  /** Bytes that have come. */
  long received() {
    lock.lock();
    try {
      return received;
    } finally {
      lock.unlock();
    }
  }

  static boolean isLow(long buffered) {
    return buffered <= LOW_WATER;
  }

  private void awaitBytes() throws IOException {
    readerWaits = true;
    try {
      while (waiting.isEmpty() && state == State.COMING && !dropping) {
        changed.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for the body of a request", e);
    } finally {
      readerWaits = false;
    }
  }

  private int endOfBytes() throws IOException {
    if (state == State.CUT) {
      throw new IOException(whyCut);
    }
    if (dropping) {
      throw new ClosedChannelException();
    }
    return -1;
  }

  private int take(ByteBuffer target) {
    int count = 0;
    while (target.hasRemaining() && !waiting.isEmpty()) {
      ByteBuf next = waiting.getFirst();
      int piece = Math.min(target.remaining(), next.readableBytes());
      int limit = target.limit();
      next.readBytes(target.limit(target.position() + piece));
      target.limit(limit);
      count += piece;
      if (!next.isReadable()) {
        waiting.removeFirst().release();
        buffered -= PIECE_BYTES;
      }
    }
    buffered -= count;
    return count;
  }

  private void become(State end, String why) {
    lock.lock();
    try {
      if (state == State.COMING) {
        state = end;
        whyCut = why;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void release() {
    waiting.forEach(ByteBuf::release);
    waiting.clear();
    buffered = 0;
  }

  private enum State {
    COMING,
    WHOLE,
    CUT
  }

  private enum Idle implements Demand {
    INSTANCE;

    @Override
    public void wanted() {
      // There is nobody to tell.
    }

    @Override
    public void drained() {
      // There is nobody to tell.
    }
  }
}

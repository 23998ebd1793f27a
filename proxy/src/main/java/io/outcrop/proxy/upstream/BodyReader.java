package io.outcrop.proxy.upstream;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A response body read by a blocking thread, with a bound on each wait: the JDK's own input stream
 * has none.
 */
final class BodyReader implements BodySubscriber<BodyReader> {

  private static final int WINDOW = 16;

  /** What the connection hands over. */
  private sealed interface Signal {
    record Bytes(List<ByteBuffer> buffers) implements Signal {}

    record End() implements Signal {}

    record Broken(Throwable cause) implements Signal {}
  }

  private final BlockingQueue<Signal> arrived = new LinkedBlockingQueue<>();
  private final Queue<ByteBuffer> current = new ArrayDeque<>();
  private volatile boolean ended;

  // Both written under this: a cancel may come before the subscription does.
  private @Nullable Subscription subscription;
  private volatile boolean cancelled;

  @Override
  public CompletionStage<BodyReader> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    synchronized (this) {
      this.subscription = subscription;
      if (!cancelled) {
        subscription.request(WINDOW);
        return;
      }
    }
    subscription.cancel();
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    arrived.add(new Signal.Bytes(buffers));
  }

  @Override
  public void onError(Throwable throwable) {
    arrived.add(new Signal.Broken(throwable));
  }

  @Override
  public void onComplete() {
    arrived.add(new Signal.End());
  }

  /**
   * Reads some bytes, waiting for at least one.
   *
   * @return how many, or -1 at the end
   * @throws IOException if the connection broke, or nothing came for as long as {@code stall}
   */
  int read(ByteBuffer target, Duration stall) throws IOException {
    if (cancelled) {
      throw new IOException("closed");
    }
    while (current.isEmpty()) {
      if (ended) {
        return -1;
      }
      await(stall);
    }
    int before = target.position();
    while (target.hasRemaining() && (!current.isEmpty() || takeArrived())) {
      ByteBuffer next = current.element();
      int length = Math.min(next.remaining(), target.remaining());
      target.put(target.position(), next, next.position(), length);
      target.position(target.position() + length);
      next.position(next.position() + length);
      if (!next.hasRemaining()) {
        current.remove();
      }
    }
    return target.position() - before;
  }

  /**
   * Takes more of what has arrived already: the connection hands over 16 KiB at a time, and whoever
   * reads pays for each read. Leaves an end or a failure for the next read to find.
   */
  private boolean takeArrived() {
    while (current.isEmpty() && arrived.peek() instanceof Signal.Bytes(List<ByteBuffer> buffers)) {
      arrived.remove();
      buffers.stream().filter(ByteBuffer::hasRemaining).forEach(current::add);
      requestOne();
    }
    return !current.isEmpty();
  }

  private void await(Duration stall) throws IOException {
    Signal signal;
    try {
      signal = arrived.poll(stall.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      cancel();
      throw (InterruptedIOException) new InterruptedIOException("interrupted").initCause(e);
    }
    switch (signal) {
      case null -> {
        cancel();
        throw new StalledException(stall);
      }
      case Signal.Bytes(List<ByteBuffer> buffers) -> {
        buffers.stream().filter(ByteBuffer::hasRemaining).forEach(current::add);
        requestOne();
      }
      case Signal.End() -> ended = true;
      case Signal.Broken(Throwable cause) -> {
        arrived.add(signal); // for whoever reads again
        throw new IOException("body broke off", cause);
      }
    }
  }

  private synchronized void requestOne() {
    if (subscription != null && !cancelled) {
      subscription.request(1);
    }
  }

  /** Frees the connection; what has not been read is dropped. */
  void cancel() {
    Subscription toCancel;
    synchronized (this) {
      if (cancelled || ended) {
        return;
      }
      cancelled = true;
      toCancel = subscription;
    }
    // Wakes a reader in another thread.
    arrived.add(new Signal.Broken(new IOException("closed")));
    if (toCancel != null) {
      toCancel.cancel();
    }
  }
}

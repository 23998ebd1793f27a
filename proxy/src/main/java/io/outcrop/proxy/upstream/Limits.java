package io.outcrop.proxy.upstream;

import io.outcrop.proxy.config.UpstreamConfig.UpstreamLimits;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/** What may be asked of an upstream at once, and how fast. */
final class Limits {

  /** Leave to have one request under way, until closed; closing twice gives it back once. */
  static final class Permit implements AutoCloseable {

    private final Semaphore from;
    private final AtomicBoolean held = new AtomicBoolean(true);

    private Permit(Semaphore from) {
      this.from = from;
    }

    @Override
    public void close() {
      if (held.getAndSet(false)) {
        from.release();
      }
    }
  }

  private static final int QUANTUM = 16 << 10;
  private static final int RESERVED_PART = 4;
  private static final Duration BURST = Duration.ofMillis(250);

  private final Semaphore shared;

  /** For short requests, which would else wait behind blobs that take minutes. */
  private final Semaphore reserve;

  private final Optional<Pace> requests;
  private final Optional<Pace> bandwidth;

  Limits(UpstreamLimits config) {
    int reserved = Math.max(1, config.concurrentRequests() / RESERVED_PART);
    // Where only one is allowed there is nothing to part: a blob and a short request make two.
    this.shared = new Semaphore(Math.max(1, config.concurrentRequests() - reserved), true);
    this.reserve = new Semaphore(reserved, true);
    this.requests = config.requestsPerSecond().map(rate -> Pace.of(rate, Duration.ofSeconds(1)));
    this.bandwidth =
        config.bandwidthPerSecond().map(rate -> Pace.of((double) Math.max(1, rate.bytes()), BURST));
  }

  /** Waits until a request may be begun. */
  Permit enter(Kind kind) throws InterruptedException {
    Permit permit = kind == Kind.BLOB ? acquire(shared) : acquireShort();
    try {
      if (requests.isPresent()) {
        requests.get().pay(1);
      }
      return permit;
    } catch (InterruptedException e) {
      permit.close();
      throw e;
    }
  }

  /** How much of a blob to read at once, so that streams take turns. */
  int quantum(int wanted) {
    return bandwidth.isPresent() ? Math.min(wanted, QUANTUM) : wanted;
  }

  /** Waits until some content that has been read is due. */
  void pay(int bytes) throws InterruptedIOException {
    if (bandwidth.isEmpty()) {
      return;
    }
    try {
      bandwidth.get().pay(bytes);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (InterruptedIOException) new InterruptedIOException("interrupted").initCause(e);
    }
  }

  private Permit acquireShort() throws InterruptedException {
    return shared.tryAcquire() ? new Permit(shared) : acquire(reserve);
  }

  private static Permit acquire(Semaphore semaphore) throws InterruptedException {
    semaphore.acquire();
    return new Permit(semaphore);
  }
}

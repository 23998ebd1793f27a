package io.outcrop.storage;

import io.outcrop.oci.Digest;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes note of uses without a lock: recency is worth little, so when a stripe is full the note is
 * dropped rather than a reader held up. After the read buffer of Caffeine (B. Manes), here with a
 * fixed number of stripes.
 */
final class AccessBuffer {

  private static final int STRIPES = 8;
  private static final int SLOTS = 256;

  private final Stripe[] stripes = new Stripe[STRIPES];

  AccessBuffer() {
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe();
    }
  }

  /** Notes a use; may drop the note. */
  void offer(Digest digest) {
    stripes[(int) Thread.currentThread().threadId() & (STRIPES - 1)].offer(digest);
  }

  /** Hands over and forgets what was noted. One thread at a time. */
  void drain(Consumer<Digest> consumer) {
    for (Stripe stripe : stripes) {
      stripe.drain(consumer);
    }
  }

  private static final class Stripe {
    private final AtomicReferenceArray<@Nullable Digest> slots = new AtomicReferenceArray<>(SLOTS);
    private final AtomicInteger written = new AtomicInteger();
    private volatile int read;

    void offer(Digest digest) {
      int at = written.get();
      if (at - read < SLOTS && written.compareAndSet(at, at + 1)) {
        slots.set(at & (SLOTS - 1), digest);
      }
    }

    void drain(Consumer<Digest> consumer) {
      int end = written.get();
      int at = read;
      while (at != end) {
        Digest digest = slots.getAndSet(at & (SLOTS - 1), null);
        if (digest == null) {
          break; // A writer has taken this slot but not filled it yet; the next drain finds it.
        }
        read = ++at;
        consumer.accept(digest);
      }
    }
  }
}

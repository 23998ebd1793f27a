package io.outcrop.storage;

import io.outcrop.oci.Digest;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Takes note of uses without a lock and without allocating: recency is worth little, so when a
 * stripe is full the note is dropped rather than a reader held up. After the read buffer of
 * Caffeine (B. Manes), here with a fixed number of stripes.
 */
final class AccessBuffer {

  /** What was used. */
  enum Kind {
    /** A piece of content. */
    CONTENT,
    /** An image, by its manifest. */
    IMAGE
  }

  /** Takes uses out. */
  interface Consumer {
    void accept(Kind kind, Digest digest, int client);
  }

  private static final int STRIPES = 8;
  private static final int SLOTS = 256;

  private final Stripe[] stripes = new Stripe[STRIPES];

  AccessBuffer() {
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe();
    }
  }

  /** Notes a use; may drop the note. */
  void offer(Kind kind, Digest digest, int client) {
    stripes[(int) Thread.currentThread().threadId() & (STRIPES - 1)].offer(kind, digest, client);
  }

  /** Hands over and forgets what was noted. One thread at a time. */
  void drain(Consumer consumer) {
    for (Stripe stripe : stripes) {
      stripe.drain(consumer);
    }
  }

  private static final class Stripe {
    // A digest in its slot says that the other two are set, and its absence that they may be.
    private final AtomicReferenceArray<@Nullable Digest> digests =
        new AtomicReferenceArray<>(SLOTS);
    private final int[] clients = new int[SLOTS];
    private final Kind[] kinds = new Kind[SLOTS];
    private final AtomicInteger written = new AtomicInteger();
    private volatile int read;

    void offer(Kind kind, Digest digest, int client) {
      int at = written.get();
      if (at - read < SLOTS && written.compareAndSet(at, at + 1)) {
        int slot = at & (SLOTS - 1);
        clients[slot] = client;
        kinds[slot] = kind;
        digests.set(slot, digest);
      }
    }

    void drain(Consumer consumer) {
      int end = written.get();
      int at = read;
      while (at != end) {
        int slot = at & (SLOTS - 1);
        Digest digest = digests.get(slot);
        if (digest == null) {
          break; // A writer has taken this slot but not filled it yet; the next drain finds it.
        }
        Kind kind = kinds[slot];
        int client = clients[slot];
        digests.set(slot, null);
        read = ++at;
        consumer.accept(kind, digest, client);
      }
    }
  }
}

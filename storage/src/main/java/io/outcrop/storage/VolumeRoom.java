package io.outcrop.storage;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much of a volume content may take, so that some of it stays free whoever else fills it. Looks
 * at the volume at most once a second. Not thread-safe, but for {@link #isDue}.
 */
final class VolumeRoom {

  /** Asks how many bytes of a volume are free. */
  interface Volume {
    long usableBytes() throws IOException;
  }

  /** Deletes a file. */
  interface Deletion {
    void run() throws IOException;
  }

  /*
   * What is free, and what content takes, add up to what content may take. The sum does not change
   * as content comes and goes, but as others use the volume. Some file systems, btrfs for one,
   * free what was deleted only half a minute later; to them the sum seems to shrink with every
   * eviction, and more would be evicted on and on. So a deletion looks whether it shows at once.
   * Where several in a row do not, they count as free until they must have come to show. One alone
   * says little: others may have written just then, and a single one that shows says it all.
   */

  private static final Logger LOG = LoggerFactory.getLogger(VolumeRoom.class);
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LAG_NANOS = TimeUnit.SECONDS.toNanos(35);
  private static final int TELLING = 3;

  private final Volume volume;
  private final long keepFree;
  private final LongSupplier nanoTime;
  private volatile long nextLook;
  // Of deletions that have not shown since the last that did.
  private int unshown;
  private long lagging;
  private long lagUntil;
  private boolean failed;

  /**
   * @param keepFree bytes that stay free; 0 if that is nobody's concern
   * @param nanoTime as {@link System#nanoTime}
   */
  VolumeRoom(Volume volume, long keepFree, LongSupplier nanoTime) {
    this.volume = volume;
    this.keepFree = keepFree;
    this.nanoTime = nanoTime;
    this.nextLook = nanoTime.getAsLong();
    this.lagUntil = nextLook;
  }

  /** Whether it is time to look again. */
  boolean isDue() {
    return keepFree > 0 && nanoTime.getAsLong() - nextLook >= 0;
  }

  /**
   * How many bytes content may take.
   *
   * @param taken how many it takes of the volume now
   */
  long bound(long taken) {
    long now = nanoTime.getAsLong();
    nextLook = now + LOOK_NANOS;
    if (now - lagUntil >= 0) {
      lagging = 0;
    }
    try {
      long usable = volume.usableBytes();
      failed = false;
      long soon = unshown >= TELLING ? lagging : 0;
      return Math.max(0, taken + usable + soon - keepFree);
    } catch (IOException e) {
      if (!failed) {
        LOG.warn("free space of the volume is not known: {}", e.toString());
      }
      failed = true;
      return Long.MAX_VALUE;
    }
  }

  /** Deletes a file, and watches whether its bytes are free then. */
  void watch(long bytes, Deletion deletion) throws IOException {
    if (keepFree == 0) {
      deletion.run();
      return;
    }
    long before = volume.usableBytes();
    deletion.run();
    if (volume.usableBytes() - before >= bytes / 2) {
      unshown = 0;
      lagging = 0;
    } else {
      unshown++;
      lagging += bytes;
      lagUntil = nanoTime.getAsLong() + LAG_NANOS;
    }
  }
}

package io.outcrop.proxy.cli;

import io.outcrop.refactor.RefactorProgress;
import java.util.concurrent.atomic.AtomicLong;

/** Shows on a progress line how far the refactoring of an image is. Thread-safe. */
final class RefactorLine implements RefactorProgress {

  private final ProgressLine line;
  private final String image;
  private final AtomicLong entries = new AtomicLong();
  private Phase phase = Phase.PLAN;
  private long told;

  /**
   * @param image what it is called, and which of how many it is
   */
  RefactorLine(ProgressLine line, String image) {
    this.line = line;
    this.image = image;
  }

  @Override
  public synchronized void advanced(Phase now, long done, long total) {
    if (now != phase || done == 0) {
      phase = now;
      told = 0;
      line.begin(image + " " + verb(now), total);
    }
    // Threads may come out of order.
    if (done > told) {
      line.moved(done - told);
      told = done;
    }
  }

  @Override
  public void read(int more) {
    line.aside(String.format(java.util.Locale.ROOT, "%,d entries", entries.addAndGet(more)));
  }

  private static String verb(Phase phase) {
    return switch (phase) {
      case SCAN -> "scan";
      case PLAN -> "plan";
      case BUILD -> "build";
      case VERIFY -> "verify";
    };
  }
}

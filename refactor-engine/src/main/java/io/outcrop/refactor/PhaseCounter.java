package io.outcrop.refactor;

import io.outcrop.refactor.RefactorProgress.Phase;
import io.outcrop.refactor.scan.ScanProgress;
import java.util.concurrent.atomic.AtomicLong;

/** Adds up what several threads have done of one phase. Thread-safe. */
final class PhaseCounter {

  private final RefactorProgress progress;
  private final Phase phase;
  private final long total;
  private final AtomicLong done = new AtomicLong();

  PhaseCounter(RefactorProgress progress, Phase phase, long total) {
    this.progress = progress;
    this.phase = phase;
    this.total = total;
    progress.advanced(phase, 0, total);
  }

  void add(long bytes) {
    progress.advanced(phase, done.addAndGet(bytes), total);
  }

  /** Counts one of several scans; what it has not told of is added by {@link Scan#end}. */
  Scan scan(long packedBytes) {
    return new Scan(packedBytes);
  }

  /** One scan, on one thread. */
  final class Scan implements ScanProgress {
    private final long packedBytes;
    private long told;
    private int entriesTold;

    private Scan(long packedBytes) {
      this.packedBytes = packedBytes;
    }

    @Override
    public void scanned(long packed, long unpacked, int entries) {
      add(packed - told);
      told = packed;
      progress.read(entries - entriesTold);
      entriesTold = entries;
    }

    void end() {
      add(packedBytes - told);
      told = packedBytes;
    }
  }
}

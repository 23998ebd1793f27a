package io.outcrop.refactor;

import java.util.Random;

/** Seeds for random tests, which are printed with every failure and can be given again. */
public final class Seeds {

  /** The seed of this run: {@code -Doutcrop.test.seed=N}, else another one each time. */
  public static final long SEED = Long.getLong("outcrop.test.seed", System.nanoTime());

  private Seeds() {}

  /** A generator for one round of a test, independent of other rounds. */
  public static Random random(int round) {
    return new Random(SEED * 0x9e3779b97f4a7c15L + round);
  }

  /** Says how to repeat a round. */
  public static String describe(int round) {
    return "-Doutcrop.test.seed=" + SEED + ", round " + round;
  }
}

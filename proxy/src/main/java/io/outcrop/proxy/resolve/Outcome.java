package io.outcrop.proxy.resolve;

/** How an answer came about. */
public enum Outcome {
  /** From what is held, without asking. */
  HIT,
  /** From what is held, after the upstream confirmed it. */
  REVALIDATED,
  /** From what is held although it is not fresh, as the upstream could not be asked. */
  STALE,
  /** From the upstream. */
  MISS,
  /** From a transfer that another request had begun. */
  COLLAPSED
}

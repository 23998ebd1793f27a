package io.outcrop.proxy.config;

/** What becomes of the images of a repository. */
public enum RefactorMode {
  /** They are served as they are. */
  OFF,
  /** What was made of them can be had as well: as {@code <tag>-refactored}, and as a referrer. */
  AVAILABLE,
  /** Tags are answered with what was made of them; digests with the originals. */
  SERVE
}

package io.outcrop.refactor;

/** Is told how far a refactoring has come: often, and on any thread. */
public interface RefactorProgress {

  /** Nobody wants to know. */
  RefactorProgress NONE = (phase, done, total) -> {};

  /** What is being done. */
  enum Phase {
    /** Layers of the source are read; counted in their packed bytes. */
    SCAN,
    /** Entries are grouped; not counted. */
    PLAN,
    /** Layers are written; counted in bytes of content. */
    BUILD,
    /** Layers that were written are read; counted in their packed bytes. */
    VERIFY
  }

  /**
   * Takes the state of the work.
   *
   * @param done bytes of this phase
   * @param total how many there will be
   */
  void advanced(Phase phase, long done, long total);

  /**
   * Takes how many entries have been read more, in those phases where layers are read.
   *
   * @param entries since it was last told
   */
  default void read(int entries) {}
}

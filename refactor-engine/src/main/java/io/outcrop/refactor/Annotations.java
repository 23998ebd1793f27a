package io.outcrop.refactor;

/** What refactored images say of how they were made, in their manifests and beside them. */
public final class Annotations {

  /** The digest of the manifest or index that was refactored. */
  public static final String SOURCE = "io.outcrop.refactor.source";

  /** The hash of the root file system, which is that of the source too. */
  public static final String TREE = "io.outcrop.refactor.tree";

  /** The rule, as {@link RefactorRequest#policy} has it. */
  public static final String POLICY = "io.outcrop.refactor.policy";

  /** Whether the source leaves metadata of directories to the engine. */
  public static final String IMPLICIT_DIRECTORIES = "io.outcrop.refactor.implicit-directories";

  private Annotations() {}
}

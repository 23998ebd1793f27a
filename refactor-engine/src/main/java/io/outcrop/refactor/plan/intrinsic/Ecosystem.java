package io.outcrop.refactor.plan.intrinsic;

/** Where a component comes from; what is in two of them belongs to the one listed first. */
enum Ecosystem {
  /** A Debian package. */
  DPKG(9, true),
  /** An Alpine package. */
  APK(8, true),
  /** An RPM package. */
  RPM(7, true),
  /** A Python distribution. */
  PYPI(6, false),
  /** A Node.js package. */
  NPM(5, false),
  /** A Ruby gem. */
  GEM(4, false),
  /** A Java archive. */
  JAR(3, false),
  /** A big file that nobody has installed. */
  FILE(2, false),
  /** A directory that nobody has installed. */
  TREE(1, false);

  private final byte precedence;
  private final boolean system;

  Ecosystem(int precedence, boolean system) {
    this.precedence = (byte) precedence;
    this.system = system;
  }

  /**
   * Whether a package manager of the operating system installs these: it gives files the times that
   * they have in the package, so that they are equal wherever they are installed.
   */
  boolean isSystem() {
    return system;
  }

  /** Higher for what is listed before. */
  byte precedence() {
    return precedence;
  }
}

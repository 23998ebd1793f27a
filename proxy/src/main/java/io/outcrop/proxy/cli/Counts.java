package io.outcrop.proxy.cli;

/** Numbers of things for people. Stateless. */
final class Counts {

  private Counts() {}

  /** Such as {@code 1 layer} and {@code 2 layers}. */
  static String of(int count, String thing) {
    return count + " " + thing + (count == 1 ? "" : "s");
  }
}

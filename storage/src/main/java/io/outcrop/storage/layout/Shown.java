package io.outcrop.storage.layout;

/** Makes text from outside fit for a message: one line, not too long. */
final class Shown {

  private static final int LONGEST = 120;

  private Shown() {}

  static String of(String text) {
    String cut = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    return cut.replaceAll("\\p{Cntrl}", "?");
  }
}

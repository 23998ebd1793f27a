package io.outcrop.proxy.config;

/** Makes a text from outside fit to stand in an error line: short, printable, without secrets. */
final class Shown {

  private static final int LONGEST = 80;
  private static final int LONGEST_SENTENCE = 200;

  private Shown() {}

  /** A value on one line, cut where long, without what precedes an {@code @} in an address. */
  static String of(String value) {
    if (value.isBlank()) {
      return "''";
    }
    int at = value.lastIndexOf('@');
    return printable(at < 0 ? value : "…" + value.substring(at), LONGEST);
  }

  /** What a library says, on one line. */
  static String sentence(String text) {
    return printable(text, LONGEST_SENTENCE);
  }

  private static String printable(String text, int longest) {
    StringBuilder line = new StringBuilder();
    text.codePoints()
        .limit(longest)
        .forEach(c -> {
          if (isPrintable(c)) {
            line.appendCodePoint(c);
          } else {
            line.append(String.format("\\u%04x", c));
          }
        });
    return text.codePointCount(0, text.length()) > longest
        ? line.append('…').toString()
        : line.toString();
  }

  private static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}

package io.outcrop.refactor.plan.intrinsic;

/** Walks over the lines of a text of any encoding. */
final class Lines {

  /** Takes a line. */
  interface Visitor {
    /** Takes the bytes from {@code start} up to {@code end}, the end of the line not among them. */
    void line(byte[] text, int start, int end);
  }

  private Lines() {}

  static void forEach(byte[] text, Visitor visitor) {
    int start = 0;
    for (int at = 0; at < text.length; at++) {
      if (text[at] == '\n') {
        visitor.line(text, start, at);
        start = at + 1;
      }
    }
    if (start < text.length) {
      visitor.line(text, start, text.length);
    }
  }
}

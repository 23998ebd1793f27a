package io.outcrop.refactor.tar;

import io.outcrop.refactor.model.RefusedException;

/**
 * A time in an extended header: decimal seconds since 1970 with an optional fraction.
 *
 * @param seconds rounded down
 * @param nanos 0 to 999,999,999; further digits are dropped
 */
record PaxTime(long seconds, int nanos) {

  private static final int DIGITS = 9;
  private static final int NANOS = 1_000_000_000;

  static PaxTime parse(String text) throws RefusedException {
    int dot = text.indexOf('.');
    String whole = dot < 0 ? text : text.substring(0, dot);
    long seconds = PaxRecords.number(whole);
    int nanos = dot < 0 ? 0 : fraction(text, dot + 1);
    if (nanos != 0 && whole.charAt(0) == '-') {
      if (seconds == Long.MIN_VALUE) {
        throw TarBlock.invalid("a time out of range");
      }
      return new PaxTime(seconds - 1, NANOS - nanos);
    }
    return new PaxTime(seconds, nanos);
  }

  private static int fraction(String text, int from) throws RefusedException {
    int nanos = 0;
    for (int i = from; i < Math.max(text.length(), from + DIGITS); i++) {
      char c = i < text.length() ? text.charAt(i) : '0';
      if (c < '0' || c > '9') {
        throw TarBlock.invalid("a time that is no number");
      }
      if (i < from + DIGITS) {
        nanos = nanos * 10 + (c - '0');
      }
    }
    return nanos;
  }

  /** The shortest form that reads back as the same time. */
  @Override
  public String toString() {
    if (nanos == 0) {
      return Long.toString(seconds);
    }
    boolean negative = seconds < 0;
    long whole = negative ? -(seconds + 1) : seconds;
    int rest = negative ? NANOS - nanos : nanos;
    StringBuilder digits = new StringBuilder(Integer.toString(NANOS + rest)).deleteCharAt(0);
    while (digits.charAt(digits.length() - 1) == '0') {
      digits.setLength(digits.length() - 1);
    }
    return (negative ? "-" : "") + whole + '.' + digits;
  }
}

package io.outcrop.proxy.http;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The time as HTTP writes it, put in words once a second. Thread-safe. */
final class HttpDate {

  // Unlike RFC_1123_DATE_TIME this has two digits for the day, as RFC 9110 asks.
  private static final DateTimeFormatter FORM =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static volatile Words current = new Words(0, "");

  private HttpDate() {}

  static String now() {
    long second = System.currentTimeMillis() / 1000;
    Words words = current;
    if (words.second != second) {
      words = new Words(second, FORM.format(Instant.ofEpochSecond(second)));
      current = words;
    }
    return words.text;
  }

  private record Words(long second, String text) {}
}

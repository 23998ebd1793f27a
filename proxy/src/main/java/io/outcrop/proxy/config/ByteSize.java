package io.outcrop.proxy.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes, written {@code 50GiB}, {@code 500 MB} or {@code 4096}.
 *
 * @param bytes the number, not negative
 */
public record ByteSize(long bytes) {

  private static final Pattern FORM =
      Pattern.compile("([0-9]{1,15})(\\.[0-9]{1,3})? ?(B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)?");

  /**
   * @throws IllegalArgumentException if negative
   */
  public ByteSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("size: " + bytes + " (expected: >= 0)");
    }
  }

  /**
   * Reads a size; {@code kB} is a thousand bytes, {@code KiB} 1024.
   *
   * @throws IllegalArgumentException if the text is not a size
   */
  public static ByteSize parse(String text) {
    Matcher matcher = FORM.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "size: " + text + " (expected: a number with an optional unit, such as 50GiB)");
    }
    String fraction = matcher.group(2) == null ? "" : matcher.group(2);
    String unit = matcher.group(3) == null ? "B" : matcher.group(3);
    double bytes = Double.parseDouble(matcher.group(1) + fraction) * factor(unit);
    if (bytes > Long.MAX_VALUE) {
      throw new IllegalArgumentException("size: " + text + " (expected: at most 8 EiB)");
    }
    return new ByteSize((long) bytes);
  }

  private static double factor(String unit) {
    int base = unit.contains("i") ? 1024 : 1000;
    return Math.pow(base, "BKMGT".indexOf(unit.toUpperCase(Locale.ROOT).charAt(0)));
  }

  /** The size in its largest whole-ish binary unit, such as {@code 1.5 GiB}. */
  @Override
  public String toString() {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    String number =
        value == Math.rint(value)
            ? Long.toString((long) value)
            : String.format(Locale.ROOT, "%.1f", value);
    return number + ' ' + units[unit];
  }
}

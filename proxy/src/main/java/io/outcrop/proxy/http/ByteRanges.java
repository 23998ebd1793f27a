package io.outcrop.proxy.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The byte ranges a request asks for, as RFC 9110, section 14 has them. Immutable.
 *
 * @param ranges at least one, each within the content
 */
public record ByteRanges(List<ByteRange> ranges) {

  // Lazy-pulling clients ask for dozens of chunks at once; hundreds are an attack.
  private static final int MOST = 256;
  private static final String UNIT = "bytes=";

  /**
   * A range.
   *
   * @param from first byte
   * @param to behind the last byte
   */
  public record ByteRange(long from, long to) {

    /** How many bytes. */
    public long length() {
      return to - from;
    }
  }

  /** What a {@code Range} header comes to. */
  public sealed interface Parsed {

    /** There is none, or none that is understood: all is to be sent. */
    record Whole() implements Parsed {}

    /** None of it lies within the content: 416. */
    record Unsatisfiable() implements Parsed {}

    /**
     * These are to be sent.
     *
     * @param ranges in the order asked for
     */
    record Some(ByteRanges ranges) implements Parsed {}
  }

  /** Copies what is mutable. */
  public ByteRanges {
    ranges = List.copyOf(ranges);
  }

  /**
   * Reads a {@code Range} header.
   *
   * @param header its value, if there is one
   * @param size length of the content in bytes
   */
  public static Parsed parse(Optional<String> header, long size) {
    if (header.isEmpty() || !header.get().startsWith(UNIT)) {
      return new Parsed.Whole();
    }
    String[] specs = header.get().substring(UNIT.length()).split(",", MOST + 1);
    List<ByteRange> ranges = new ArrayList<>();
    long total = 0;
    for (String spec : specs) {
      Optional<ByteRange> range = one(spec.strip(), size);
      range.ifPresent(ranges::add);
      total += range.map(ByteRange::length).orElse(0L);
    }
    if (ranges.isEmpty()) {
      return new Parsed.Unsatisfiable();
    }
    // Overlapping ranges would have us send more than there is.
    return specs.length > MOST || (ranges.size() > 1 && total > size)
        ? new Parsed.Whole()
        : new Parsed.Some(new ByteRanges(ranges));
  }

  private static Optional<ByteRange> one(String spec, long size) {
    int dash = spec.indexOf('-');
    if (dash < 0) {
      return Optional.empty();
    }
    Optional<Long> first = number(spec.substring(0, dash));
    Optional<Long> last = number(spec.substring(dash + 1));
    if (dash == 0) {
      return last.filter(n -> n > 0 && size > 0)
          .map(n -> new ByteRange(Math.max(0, size - n), size));
    }
    if (first.isEmpty() || first.get() >= size) {
      return Optional.empty();
    }
    if (dash == spec.length() - 1) {
      return Optional.of(new ByteRange(first.get(), size));
    }
    return last.filter(n -> n >= first.get())
        .map(n -> new ByteRange(first.get(), n >= size ? size : n + 1));
  }

  private static Optional<Long> number(String digits) {
    if (digits.isEmpty() || digits.length() > 18 || !digits.chars().allMatch(Character::isDigit)) {
      return Optional.empty();
    }
    return Optional.of(Long.parseLong(digits));
  }
}

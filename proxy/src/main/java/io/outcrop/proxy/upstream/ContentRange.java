package io.outcrop.proxy.upstream;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A {@code Content-Range} header.
 *
 * @param start the first byte
 * @param end the last byte, included
 * @param total the length of the whole, where told
 */
public record ContentRange(long start, long end, OptionalLong total) {

  private static final Pattern FORM =
      Pattern.compile(
          "bytes\\s+([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\\*)", Pattern.CASE_INSENSITIVE);

  /** Reads the header; empty if it contradicts itself. */
  public static Optional<ContentRange> parse(String header) {
    Matcher matcher = FORM.matcher(header.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    OptionalLong total =
        matcher.group(3).equals("*")
            ? OptionalLong.empty()
            : OptionalLong.of(Long.parseLong(matcher.group(3)));
    ContentRange range =
        new ContentRange(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)), total);
    boolean sane = range.start <= range.end && range.end < total.orElse(Long.MAX_VALUE);
    return sane ? Optional.of(range) : Optional.empty();
  }

  /** How many bytes it spans. */
  public long length() {
    return end - start + 1;
  }
}

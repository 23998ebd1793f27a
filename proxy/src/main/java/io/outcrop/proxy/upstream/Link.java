package io.outcrop.proxy.upstream;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code Link} headers. */
final class Link {

  private static final Pattern LINK =
      Pattern.compile("<([^<>]{1,8000})>((?:\\s*;\\s*[^;,\"\\s]+(?:\"[^\"]*\")?)*)");
  private static final Pattern NEXT =
      Pattern.compile(
          ";\\s*rel\\s*=\\s*(?:\"[^\"]*\\bnext\\b[^\"]*\"|next\\b)", Pattern.CASE_INSENSITIVE);

  private Link() {}

  /** The target of {@code rel="next"}, as written. */
  static Optional<String> next(List<String> headers) {
    for (String header : headers) {
      Matcher link = LINK.matcher(header);
      while (link.find()) {
        if (NEXT.matcher(link.group(2)).find()) {
          return Optional.of(link.group(1).strip());
        }
      }
    }
    return Optional.empty();
  }
}

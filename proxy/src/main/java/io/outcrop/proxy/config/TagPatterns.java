package io.outcrop.proxy.config;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/**
 * Patterns over {@code repository:tag}, or repositories alone: a glob, or a regular expression
 * between slashes.
 */
final class TagPatterns {

  static final Form<Pattern> FORM =
      Form.of(
          "repository:tag with * for any characters and ? for one, or a /regular expression/",
          TagPatterns::parse);

  static final Form<Pattern> REPOSITORY =
      Form.of(
          "repository with * for any characters and ? for one, or a /regular expression/",
          TagPatterns::parseRepository);

  private static final Pattern GLOB = Pattern.compile("[A-Za-z0-9._/*?-]+:[A-Za-z0-9._*?-]+");
  private static final Pattern REPOSITORY_GLOB = Pattern.compile("[a-z0-9._/*?-]+");
  private static final int LONGEST = 500;

  private TagPatterns() {}

  /**
   * Reads a pattern, which is to match the whole of a name.
   *
   * @throws IllegalArgumentException if it is neither a glob nor a regular expression
   */
  static Pattern parse(String text) {
    return parse(text, GLOB);
  }

  /** The same over a repository alone. */
  static Pattern parseRepository(String text) {
    return parse(text, REPOSITORY_GLOB);
  }

  private static Pattern parse(String text, Pattern form) {
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException();
    }
    if (text.length() > 2 && text.startsWith("/") && text.endsWith("/")) {
      return regex(text);
    }
    if (!form.matcher(text).matches()) {
      throw new IllegalArgumentException();
    }
    return Pattern.compile(
        text.chars().mapToObj(TagPatterns::translate).collect(Collectors.joining()));
  }

  private static Pattern regex(String text) {
    try {
      return Pattern.compile(text.substring(1, text.length() - 1));
    } catch (PatternSyntaxException e) {
      throw new RefusedException(
          Shown.of(text) + " (not a regular expression: " + Shown.of(e.getDescription()) + ")");
    }
  }

  private static String translate(int c) {
    return switch (c) {
      case '*' -> ".*";
      case '?' -> ".";
      default -> Pattern.quote(Character.toString(c));
    };
  }
}

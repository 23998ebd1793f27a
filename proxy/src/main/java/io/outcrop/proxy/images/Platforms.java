package io.outcrop.proxy.images;

import io.outcrop.oci.Platform;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which platforms of an image are meant. {@code linux/arm} means all its variants, {@code
 * linux/arm/v7} that one. Immutable.
 */
public final class Platforms {

  /** All there are. */
  public static final Platforms ALL = new Platforms(List.of());

  private static final Pattern FORM = Pattern.compile("[a-z0-9]+/[a-z0-9_]+(/[a-z0-9_.]+)?");
  private static final int MOST = 32;

  // Empty for all.
  private final List<String> patterns;

  private Platforms(List<String> patterns) {
    this.patterns = List.copyOf(patterns);
  }

  /** What the machine runs that this is running on: Linux of its architecture. */
  public static Platforms own() {
    return new Platforms(List.of("linux/" + architecture(System.getProperty("os.arch", ""))));
  }

  /**
   * Reads texts such as {@code linux/arm64}, or {@code all} alone.
   *
   * @throws IllegalArgumentException if one is not a platform, or there is none
   */
  public static Platforms parse(List<String> texts) {
    if (texts.equals(List.of("all"))) {
      return ALL;
    }
    if (texts.isEmpty() || texts.size() > MOST) {
      throw new IllegalArgumentException(
          "platforms: " + texts.size() + " of them (expected: 1 to " + MOST + ", or all)");
    }
    List<String> patterns = texts.stream().map(text -> text.toLowerCase(Locale.ROOT)).toList();
    for (String pattern : patterns) {
      if (!FORM.matcher(pattern).matches()) {
        throw new IllegalArgumentException(
            "platform: " + pattern + " (expected: such as linux/arm64 or linux/arm/v7, or all)");
      }
    }
    return new Platforms(patterns);
  }

  /** Reads what {@link #toTexts} gave. */
  public static Platforms ofTexts(List<String> texts) {
    return texts.isEmpty() ? ALL : parse(texts);
  }

  /** Each of them; empty for all. */
  public List<String> toTexts() {
    return patterns;
  }

  /** Whether a platform is meant; what runs on none in particular always is. */
  public boolean include(Optional<Platform> platform) {
    return patterns.isEmpty()
        || platform.isEmpty()
        || patterns.stream().anyMatch(pattern -> matches(pattern, platform.get()));
  }

  private static boolean matches(String pattern, Platform platform) {
    List<String> wanted = Arrays.asList(pattern.split("/", -1));
    return wanted.get(0).equalsIgnoreCase(platform.os())
        && wanted.get(1).equalsIgnoreCase(platform.architecture())
        && (wanted.size() < 3
            || wanted.get(2).equalsIgnoreCase(platform.variant().orElse(impliedVariant(wanted))));
  }

  /** The variant of those that name none: arm64 is v8, and arm by itself v7. */
  private static String impliedVariant(List<String> wanted) {
    return switch (wanted.get(1)) {
      case "arm64" -> "v8";
      case "arm" -> "v7";
      case "amd64" -> "v1";
      default -> "";
    };
  }

  /** As Go names it, which images go by. */
  private static String architecture(String java) {
    return switch (java) {
      case "x86_64", "amd64" -> "amd64";
      case "aarch64", "arm64" -> "arm64";
      default -> java;
    };
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Platforms platforms && patterns.equals(platforms.patterns);
  }

  @Override
  public int hashCode() {
    return patterns.hashCode();
  }

  /** Such as {@code linux/amd64, linux/arm64} or {@code all}. */
  @Override
  public String toString() {
    return patterns.isEmpty() ? "all" : String.join(", ", patterns);
  }
}

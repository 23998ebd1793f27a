package io.outcrop.oci;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A human-readable name of a manifest in a repository, such as {@code 3.12-slim}.
 *
 * @param value at most 128 characters, as the distribution specification allows them
 */
public record Tag(String value) implements Reference {

  private static final Pattern FORM = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");
  private static final int FALLBACK_ALGORITHM_LENGTH = 32;
  private static final int FALLBACK_HEX_LENGTH = 64;

  /**
   * @throws InvalidNameException if the text is not a tag
   */
  public Tag {
    if (!FORM.matcher(value).matches()) {
      throw new InvalidNameException("tag", value, FORM.pattern());
    }
  }

  /**
   * The tag under which registries without a referrers API keep the referrers of a manifest: {@code
   * <algorithm>-<hex>}, each cut to the length the distribution specification gives.
   */
  public static Tag referrersFallback(Digest subject) {
    String prefix = subject.algorithm().prefix().toLowerCase(Locale.ROOT);
    String hex = subject.hex();
    return new Tag(
        prefix.substring(0, Math.min(FALLBACK_ALGORITHM_LENGTH, prefix.length()))
            + '-'
            + hex.substring(0, Math.min(FALLBACK_HEX_LENGTH, hex.length())));
  }

  @Override
  public String toString() {
    return value;
  }
}

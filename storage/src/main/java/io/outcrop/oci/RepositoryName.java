package io.outcrop.oci;

import java.util.regex.Pattern;

/**
 * The path of a repository within its registry, such as {@code library/python}.
 *
 * @param value at most 255 characters of lower-case path components
 */
public record RepositoryName(String value) implements Comparable<RepositoryName> {

  private static final int LONGEST = 255;
  private static final Pattern FORM =
      Pattern.compile(
          "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*+(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*+)*+");

  /**
   * @throws InvalidNameException if the text is not a repository name
   */
  public RepositoryName {
    if (value.length() > LONGEST || !FORM.matcher(value).matches()) {
      throw new InvalidNameException("repository", value, "lower-case path components");
    }
  }

  @Override
  public int compareTo(RepositoryName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}

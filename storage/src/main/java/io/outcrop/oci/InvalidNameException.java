package io.outcrop.oci;

/** Says that a text from outside is not a well-formed digest, tag, repository or namespace. */
public final class InvalidNameException extends IllegalArgumentException {

  private static final int SHOWN = 200;

  private final String kind;

  /**
   * @param kind what was to be read, such as {@code tag}
   * @param value the offending text
   * @param expected what would have been well-formed
   */
  public InvalidNameException(String kind, String value, String expected) {
    super(kind + ": " + shorten(value) + " (expected: " + expected + ")");
    this.kind = kind;
  }

  /** What was to be read: {@code digest}, {@code tag}, {@code repository} or {@code namespace}. */
  public String kind() {
    return kind;
  }

  private static String shorten(String value) {
    return value.length() <= SHOWN ? value : value.substring(0, SHOWN) + "…";
  }
}

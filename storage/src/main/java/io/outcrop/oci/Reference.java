package io.outcrop.oci;

/** What follows {@code /manifests/} in a request: a tag or a digest. */
public sealed interface Reference permits Digest, Tag {

  /**
   * Reads a tag or a digest; a text with a colon is always a digest.
   *
   * @throws InvalidNameException if it is neither
   */
  static Reference parse(String text) {
    return text.indexOf(':') >= 0 ? Digest.parse(text) : new Tag(text);
  }
}

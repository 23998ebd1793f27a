package io.outcrop.storage;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import java.nio.charset.StandardCharsets;

/**
 * Says that a repository holds some content.
 *
 * @param repository where it is
 * @param content what is there
 * @param state how it is known; never {@code ABSENT}
 */
public record Link(Repository repository, Digest content, LinkState state) {

  /**
   * @throws IllegalArgumentException if the state is {@code ABSENT}
   */
  public Link {
    if (state == LinkState.ABSENT) {
      throw new IllegalArgumentException("link state: ABSENT (expected: CLAIMED or PROVEN)");
    }
  }

  byte[] encodedKey() {
    return encodedKey(repository, content);
  }

  static byte[] encodedKey(Repository repository, Digest content) {
    return (repository.toString() + '\0' + content).getBytes(StandardCharsets.UTF_8);
  }
}

package io.outcrop.storage;

import io.outcrop.oci.Digest;
import io.outcrop.storage.cache.Standing;
import java.util.List;
import java.util.Optional;

/**
 * Why content is here, or why it is not.
 *
 * @param content what it is about
 * @param info what is known of it while it is resident; empty if it is not
 * @param standing what the policy holds for or against it; of content that is gone, what is still
 *     remembered of it; empty for small content, which leaves in the order of its last use
 * @param pins names of the pins that keep it, or would keep it if it were here
 * @param readers how many are reading it now
 * @param departure how it came to be gone; empty if it is resident
 */
public record Explanation(
    Digest content,
    Optional<ContentInfo> info,
    Optional<Standing> standing,
    List<String> pins,
    int readers,
    Optional<Departure> departure) {

  /** Copies what is mutable. */
  public Explanation {
    pins = List.copyOf(pins);
  }

  /** Whether it is here. */
  public boolean isResident() {
    return info.isPresent();
  }
}

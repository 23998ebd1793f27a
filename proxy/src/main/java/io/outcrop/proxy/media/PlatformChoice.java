package io.outcrop.proxy.media;

import io.outcrop.oci.Platform;
import java.util.Optional;
import java.util.function.Predicate;

/** Which platforms of an index are wanted. */
public sealed interface PlatformChoice {

  /** All that are held whole. */
  record Held() implements PlatformChoice {}

  /**
   * Certain ones, which have to be held whole.
   *
   * @param wanted whether a platform is among them
   */
  record Certain(Predicate<Platform> wanted) implements PlatformChoice {}

  /** Whether a manifest of this platform, or of none, is wanted. */
  default boolean includes(Optional<Platform> platform) {
    return switch (this) {
      case Held _ -> true;
      case Certain(Predicate<Platform> wanted) -> platform.isEmpty() || wanted.test(platform.get());
    };
  }
}

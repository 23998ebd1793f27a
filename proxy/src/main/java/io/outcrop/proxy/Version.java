package io.outcrop.proxy;

import java.util.Optional;

/** Which Outcrop this is. */
public final class Version {

  private Version() {}

  /** The version of the jar, or {@code dev} outside of one. */
  public static String current() {
    return Optional.ofNullable(Version.class.getPackage().getImplementationVersion()).orElse("dev");
  }
}

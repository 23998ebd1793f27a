package io.outcrop.oci;

import java.util.Optional;

/**
 * What an image runs on.
 *
 * @param os operating system, such as {@code linux}
 * @param architecture processor architecture as Go names it, such as {@code amd64}
 * @param variant refinement of the architecture, such as {@code v7}
 * @param osVersion version of the operating system, told for Windows
 */
public record Platform(
    String os, String architecture, Optional<String> variant, Optional<String> osVersion) {

  @Override
  public String toString() {
    return os + '/' + architecture + variant.map(v -> '/' + v).orElse("");
  }
}

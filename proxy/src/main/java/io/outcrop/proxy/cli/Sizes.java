package io.outcrop.proxy.cli;

import io.outcrop.proxy.config.ByteSize;
import tools.jackson.databind.JsonNode;

/** Numbers of bytes for people. Stateless. */
final class Sizes {

  private Sizes() {}

  /** Such as {@code 1.5 GiB}. */
  static String of(long bytes) {
    return new ByteSize(Math.max(0, bytes)).toString();
  }

  /** The same of a number in a document; of what is absent, nothing. */
  static String of(JsonNode node) {
    return node.isNumber() ? of(node.asLong(0)) : "";
  }
}

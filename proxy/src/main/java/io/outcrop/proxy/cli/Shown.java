package io.outcrop.proxy.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What is in a document, for people. Stateless. */
final class Shown {

  private static final int SHORT_DIGEST = "sha256:".length() + 12;

  private Shown() {}

  /** A text; nothing if it is absent. */
  static String text(JsonNode node) {
    return node.isString() ? node.asString() : "";
  }

  /** Texts with commas between them. */
  static String list(JsonNode node) {
    List<String> texts = new ArrayList<>();
    node.forEach(item -> texts.add(item.asString("")));
    return String.join(", ", texts);
  }

  /** The beginning of a digest, as tools for containers show it. */
  static String digest(JsonNode node) {
    String digest = text(node);
    return digest.substring(0, Math.min(SHORT_DIGEST, digest.length()));
  }

  /** How long ago an instant is, such as {@code 3 h}. */
  static String ago(JsonNode node) {
    try {
      return node.isString()
          ? ago(Duration.between(Instant.parse(node.asString()), Instant.now()))
          : "";
    } catch (DateTimeParseException e) {
      return text(node);
    }
  }

  private static String ago(Duration age) {
    if (age.toDays() > 0) {
      return age.toDays() + " d ago";
    }
    if (age.toHours() > 0) {
      return age.toHours() + " h ago";
    }
    return age.toMinutes() > 0 ? age.toMinutes() + " min ago" : "just now";
  }
}

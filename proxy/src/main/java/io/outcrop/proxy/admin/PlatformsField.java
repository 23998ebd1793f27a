package io.outcrop.proxy.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.outcrop.proxy.images.Platforms;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads which platforms a request is about. Stateless. */
final class PlatformsField {

  private PlatformsField() {}

  /** What {@code platforms} says; that of this machine where it is not there. */
  static Platforms read(ObjectNode body) {
    JsonNode field = body.path("platforms");
    if (field.isMissingNode()) {
      return Platforms.own();
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode item : field) {
      texts.add(item.asString(""));
    }
    try {
      if (field.isArray()) {
        return Platforms.parse(texts);
      }
      throw new IllegalArgumentException("platforms: " + field + " (expected: a list of texts)");
    } catch (IllegalArgumentException e) {
      throw new ProblemException(HttpResponseStatus.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
  }
}

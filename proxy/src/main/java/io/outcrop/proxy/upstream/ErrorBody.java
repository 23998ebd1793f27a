package io.outcrop.proxy.upstream;

import java.io.IOException;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The first error of a registry's error document.
 *
 * @param code such as {@code MANIFEST_UNKNOWN}; empty where there is none
 * @param message in the registry's words, shortened
 */
record ErrorBody(Optional<String> code, Optional<String> message) {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final ErrorBody NOTHING = new ErrorBody(Optional.empty(), Optional.empty());
  private static final int MAX_BYTES = 64 << 10;
  private static final int LONGEST_MESSAGE = 200;

  /** Reads what there is of an answer; never fails. */
  static ErrorBody of(Answer answer) {
    try {
      Optional<byte[]> bytes = answer.readAll(MAX_BYTES);
      if (bytes.isEmpty() || bytes.get().length == 0) {
        return NOTHING;
      }
      JsonNode error = MAPPER.readTree(bytes.get()).path("errors").path(0);
      return new ErrorBody(
          Optional.of(error.path("code").asString("")).filter(code -> code.matches("[A-Z_]{1,64}")),
          Optional.of(printable(error.path("message").asString("")))
              .filter(message -> !message.isEmpty()));
    } catch (IOException | JacksonException e) {
      // An error page in another form: the status says enough.
      answer.body().cancel();
      return NOTHING;
    }
  }

  /** The two as they follow a status in a message. */
  String describe() {
    return code.map(c -> " " + c).orElse("") + message.map(m -> ": " + m).orElse("");
  }

  private static String printable(String text) {
    String shorter = text.substring(0, Math.min(LONGEST_MESSAGE, text.length()));
    return shorter.replaceAll("\\p{Cntrl}", " ").strip();
  }
}

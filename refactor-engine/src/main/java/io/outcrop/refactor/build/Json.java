package io.outcrop.refactor.build;

import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.model.RefusedException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads and writes documents as trees, so that fields nobody here knows stay as they are, in their
 * order, and numbers keep every digit.
 */
final class Json {

  private static final int MAX_DEPTH = 64;
  private static final long MAX_TOKENS = 1_000_000;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxTokenCount(MAX_TOKENS)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private Json() {}

  /**
   * Reads an object.
   *
   * @param what the kind of document, for the message
   * @throws RefusedException with the reason given, if it is none
   */
  static ObjectNode read(byte[] bytes, String what, Reason otherwise) throws RefusedException {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      if (MAPPER.readTree(text) instanceof ObjectNode object) {
        return object;
      }
      throw new RefusedException(otherwise, what + " is no JSON object");
    } catch (CharacterCodingException e) {
      throw new RefusedException(otherwise, what + " is not UTF-8", e);
    } catch (JacksonException e) {
      throw new RefusedException(otherwise, what + " is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  /** Writes an object without any space. */
  static byte[] write(ObjectNode object, String what, Reason otherwise) throws RefusedException {
    try {
      return MAPPER.writeValueAsBytes(object);
    } catch (JacksonException e) {
      throw new RefusedException(
          otherwise, what + " cannot be written again: " + e.getOriginalMessage(), e);
    }
  }

  static Optional<String> text(JsonNode object, String field) {
    JsonNode value = object.path(field);
    return value.isString() ? Optional.of(value.asString()) : Optional.empty();
  }
}

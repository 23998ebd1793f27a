package io.outcrop.proxy.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.outcrop.oci.InvalidNameException;
import io.outcrop.oci.MediaType;
import io.outcrop.proxy.http.Exchange;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request to the admin API, and what its route made of its path.
 *
 * @param exchange the request itself; its body is read through this or by the handler
 * @param variables the values of the variables of the path
 */
public record AdminRequest(Exchange exchange, Map<String, String> variables) {

  /** The largest JSON body that is taken, in bytes. */
  public static final int MOST_JSON_BYTES = 1 << 20;

  private static final JsonMapper JSON = JsonMapper.shared();

  /** The value of a variable of the path. */
  public String variable(String name) {
    String value = variables.get(name);
    if (value == null) {
      throw new IllegalStateException("variable: " + name + " (expected: " + variables + ")");
    }
    return value;
  }

  /** The first value of a query parameter, if there is one. */
  public Optional<String> parameter(String name) {
    return exchange.target().parameter(name);
  }

  /**
   * The body, a JSON object; an empty one where there is no body.
   *
   * @throws ProblemException if it is something else
   * @throws IOException if the client does not send it to its end
   */
  public ObjectNode json() throws IOException {
    byte[] body = exchange.body().readAll(MOST_JSON_BYTES);
    if (body.length == 0) {
      return JSON.createObjectNode();
    }
    if (!isJson(exchange)) {
      throw new ProblemException(
          HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE,
          "Content-Type: "
              + exchange.header(HttpHeaderNames.CONTENT_TYPE).orElse("none")
              + " (expected: application/json)");
    }
    try {
      JsonNode node = JSON.readTree(body);
      if (node instanceof ObjectNode object) {
        return object;
      }
    } catch (JacksonException e) {
      throw new ProblemException(
          HttpResponseStatus.BAD_REQUEST, "body: not JSON: " + e.getOriginalMessage());
    }
    throw new ProblemException(HttpResponseStatus.BAD_REQUEST, "body: not a JSON object");
  }

  static boolean isJson(Exchange exchange) {
    try {
      return exchange
          .header(HttpHeaderNames.CONTENT_TYPE)
          .map(MediaType::ofContentType)
          .filter(type -> type.value().equalsIgnoreCase(MediaType.JSON.value()))
          .isPresent();
    } catch (InvalidNameException e) {
      return false;
    }
  }
}

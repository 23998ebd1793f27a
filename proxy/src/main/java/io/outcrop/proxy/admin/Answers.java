package io.outcrop.proxy.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.outcrop.proxy.http.Response;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Makes answers of the admin listener. Stateless. */
public final class Answers {

  private static final JsonMapper JSON = JsonMapper.shared();

  private Answers() {}

  /** 200 with a document. */
  public static Response json(JsonNode document) {
    return json(HttpResponseStatus.OK, document);
  }

  /** A status with a document. */
  public static Response json(HttpResponseStatus status, JsonNode document) {
    return of(
        status,
        "application/json",
        JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(document));
  }

  /** 204. */
  public static Response none() {
    return Response.of(
        HttpResponseStatus.NO_CONTENT,
        Response.newHeaders().set(HttpHeaderNames.CACHE_CONTROL, "no-store"),
        new byte[0]);
  }

  static Response text(HttpResponseStatus status, String body) {
    return of(status, "text/plain; charset=utf-8", body.getBytes(StandardCharsets.UTF_8));
  }

  static Response of(HttpResponseStatus status, String type, byte[] body) {
    return Response.of(
        status,
        Response.newHeaders()
            .set(HttpHeaderNames.CONTENT_TYPE, type)
            .set(HttpHeaderNames.CACHE_CONTROL, "no-store"),
        body);
  }
}

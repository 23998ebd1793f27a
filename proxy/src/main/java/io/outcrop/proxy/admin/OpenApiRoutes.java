package io.outcrop.proxy.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** The description of the admin API, for programs. Thread-safe. */
public final class OpenApiRoutes {

  private static final String RESOURCE = "openapi.json";

  private OpenApiRoutes() {}

  /** The routes. */
  public static List<Route> routes() {
    return List.of(
        Route.get(
            "/admin/v1/openapi.json",
            request -> Answers.of(HttpResponseStatus.OK, "application/json", read())));
  }

  private static byte[] read() throws IOException {
    try (InputStream in = OpenApiRoutes.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IOException(RESOURCE + ": not in the jar");
      }
      return in.readAllBytes();
    }
  }
}

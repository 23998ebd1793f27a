package io.outcrop.proxy.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.outcrop.proxy.http.Response;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Is it alive, is it ready, what does it count. Thread-safe. */
public final class HealthRoutes {

  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final BooleanSupplier ready;
  private final Supplier<String> scrape;

  /**
   * @param ready whether requests of container runtimes are answered
   * @param scrape all metrics in the Prometheus text format
   */
  public HealthRoutes(BooleanSupplier ready, Supplier<String> scrape) {
    this.ready = ready;
    this.scrape = scrape;
  }

  /** The routes. */
  public List<Route> routes() {
    return List.of(
        Route.get("/livez", request -> Answers.text(HttpResponseStatus.OK, "ok\n")),
        Route.get("/readyz", request -> readiness()),
        Route.get(
            "/metrics",
            request ->
                Answers.of(
                    HttpResponseStatus.OK,
                    PROMETHEUS,
                    scrape.get().getBytes(StandardCharsets.UTF_8))));
  }

  private Response readiness() {
    return ready.getAsBoolean()
        ? Answers.text(HttpResponseStatus.OK, "ok\n")
        : Answers.text(HttpResponseStatus.SERVICE_UNAVAILABLE, "starting or stopping\n");
  }
}

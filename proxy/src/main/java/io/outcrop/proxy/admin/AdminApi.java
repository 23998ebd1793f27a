package io.outcrop.proxy.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.outcrop.proxy.http.Exchange;
import io.outcrop.proxy.http.RequestHandler;
import io.outcrop.proxy.http.Response;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The admin listener: is it alive, is it ready, what does it count, how are its upstreams. */
public final class AdminApi implements RequestHandler {

  private static final Logger LOG = LoggerFactory.getLogger(AdminApi.class);
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
  private static final String JSON = "application/json";

  private final BooleanSupplier ready;
  private final Supplier<String> scrape;
  private final Supplier<byte[]> status;
  private final Executor threads;

  /**
   * @param ready whether requests of container runtimes are answered
   * @param scrape all metrics in the Prometheus text format
   * @param status how the edge is, as JSON
   * @param threads runs what blocks
   */
  public AdminApi(
      BooleanSupplier ready, Supplier<String> scrape, Supplier<byte[]> status, Executor threads) {
    this.ready = ready;
    this.scrape = scrape;
    this.status = status;
    this.threads = threads;
  }

  @Override
  public void handle(Exchange exchange) {
    if (!exchange.method().equals(HttpMethod.GET) && !exchange.isHead()) {
      exchange.respond(text(HttpResponseStatus.METHOD_NOT_ALLOWED, "GET and HEAD only\n"));
      return;
    }
    switch (exchange.target().path()) {
      case "/livez" -> exchange.respond(text(HttpResponseStatus.OK, "ok\n"));
      case "/readyz" ->
          exchange.respond(
              ready.getAsBoolean()
                  ? text(HttpResponseStatus.OK, "ok\n")
                  : text(HttpResponseStatus.SERVICE_UNAVAILABLE, "starting or stopping\n"));
      case "/metrics" ->
          later(
              exchange,
              () ->
                  answer(
                      HttpResponseStatus.OK,
                      PROMETHEUS,
                      scrape.get().getBytes(StandardCharsets.UTF_8)));
      case "/admin/v1/status" ->
          later(exchange, () -> answer(HttpResponseStatus.OK, JSON, status.get()));
      default ->
          exchange.respond(
              text(
                  HttpResponseStatus.NOT_FOUND,
                  "there are /livez, /readyz, /metrics and /admin/v1/status\n"));
    }
  }

  private void later(Exchange exchange, Supplier<Response> work) {
    threads.execute(() -> {
      Response response;
      try {
        response = work.get();
      } catch (RuntimeException e) {
        LOG.error("{} failed", exchange.target().path(), e);
        response = text(HttpResponseStatus.INTERNAL_SERVER_ERROR, "see the log of this edge\n");
      }
      exchange.respond(response);
    });
  }

  private static Response text(HttpResponseStatus status, String body) {
    return answer(status, TEXT, body.getBytes(StandardCharsets.UTF_8));
  }

  private static Response answer(HttpResponseStatus status, String type, byte[] body) {
    return Response.of(
        status,
        Response.newHeaders()
            .set(HttpHeaderNames.CONTENT_TYPE, type)
            .set(HttpHeaderNames.CACHE_CONTROL, "no-store"),
        body);
  }
}

package io.outcrop.proxy.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.outcrop.proxy.http.Exchange;
import io.outcrop.proxy.http.RequestHandler;
import io.outcrop.proxy.http.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The admin listener: finds the route of a request, has it answered on a virtual thread, and writes
 * a line about each that may have changed something. Thread-safe.
 */
public final class AdminRoutes implements RequestHandler {

  private static final Logger LOG = LoggerFactory.getLogger(AdminRoutes.class);

  private final List<Route> routes;
  private final AdminGuard guard;
  private final Executor threads;

  /**
   * @param guard says who may ask
   * @param routes in the order they are looked at: words before variables
   * @param threads runs what blocks
   */
  public AdminRoutes(AdminGuard guard, List<Route> routes, Executor threads) {
    this.guard = guard;
    this.routes = List.copyOf(routes);
    this.threads = threads;
  }

  @Override
  public boolean takesBodies() {
    return true;
  }

  @Override
  public void handle(Exchange exchange) {
    Optional<Response> refusal = guard.refusal(exchange);
    if (refusal.isPresent()) {
      exchange.respond(refusal.get());
      return;
    }
    String path = exchange.target().path();
    List<HttpMethod> others = new ArrayList<>();
    for (Route route : routes) {
      Optional<Map<String, String>> variables = route.template().match(path);
      if (variables.isPresent()) {
        if (answers(route, exchange)) {
          answer(route, new AdminRequest(exchange, variables.get()));
          return;
        }
        others.add(route.method());
      }
    }
    exchange.respond(others.isEmpty() ? unknown(path) : notAllowed(exchange, others));
  }

  private static boolean answers(Route route, Exchange exchange) {
    return route.method().equals(exchange.isHead() ? HttpMethod.GET : exchange.method());
  }

  private void answer(Route route, AdminRequest request) {
    Exchange exchange = request.exchange();
    // A page of another site can have a browser send a POST of other types without asking first.
    if (route.method().equals(HttpMethod.POST) && !AdminRequest.isJson(exchange)) {
      exchange.respond(
          Problems.of(
              HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE,
              "POST without its type (expected: Content-Type: application/json)"));
      return;
    }
    try {
      threads.execute(() -> {
        Response response;
        try {
          response = route.handler().answer(request);
        } catch (Exception e) {
          response = Problems.of(exchange, e);
        }
        logChange(route, exchange, response);
        exchange.respond(response);
      });
    } catch (RejectedExecutionException e) {
      exchange.respond(Problems.of(HttpResponseStatus.SERVICE_UNAVAILABLE, "shutting down"));
    }
  }

  private static void logChange(Route route, Exchange exchange, Response response) {
    if (!route.method().equals(HttpMethod.GET)) {
      LOG.info(
          "{} {} from {}: {}",
          exchange.method(),
          exchange.target().path(),
          exchange.clientAddress(),
          response.status().code());
    }
  }

  private static Response unknown(String path) {
    return Problems.of(
        HttpResponseStatus.NOT_FOUND,
        path + ": nothing is there (what there is: /admin/v1/openapi.json)");
  }

  private static Response notAllowed(Exchange exchange, List<HttpMethod> others) {
    TreeSet<String> allowed = new TreeSet<>();
    others.forEach(method -> allowed.add(method.name()));
    if (others.contains(HttpMethod.GET)) {
      allowed.add(HttpMethod.HEAD.name());
    }
    String list = String.join(", ", allowed);
    Response response =
        Problems.of(
            HttpResponseStatus.METHOD_NOT_ALLOWED, exchange.method() + " (expected: " + list + ")");
    response.headers().set(HttpHeaderNames.ALLOW, list);
    return response;
  }
}

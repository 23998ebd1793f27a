package io.outcrop.proxy.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.outcrop.proxy.config.ListenAddress;
import io.outcrop.proxy.http.Exchange;
import io.outcrop.proxy.http.Response;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Says who may ask the admin listener: with a token, whoever has it; without, whoever is on this
 * machine, but for what pages of other sites have the operator's browser send. Thread-safe.
 */
public final class AdminGuard {

  private static final Set<String> OPEN = Set.of("/livez", "/readyz");

  private final ListenAddress listen;
  private final Optional<AdminToken> token;

  /**
   * @param listen where the listener is
   * @param token what to ask of clients, if anything
   */
  public AdminGuard(ListenAddress listen, Optional<AdminToken> token) {
    this.listen = listen;
    this.token = token;
  }

  /** The answer to a request that is not to be routed. */
  Optional<Response> refusal(Exchange exchange) {
    if (OPEN.contains(exchange.target().path())) {
      return Optional.empty();
    }
    String host = exchange.header(HttpHeaderNames.HOST).orElse("").toLowerCase(Locale.ROOT);
    if (token.isPresent()) {
      if (!token.get().isIn(exchange.header(HttpHeaderNames.AUTHORIZATION).orElse(""))) {
        return Optional.of(unauthorised());
      }
    } else if (!isOurs(hostOf(host))) {
      // A name that an attacker has pointed here after the browser loaded his page from it.
      return Optional.of(
          Problems.of(
              HttpResponseStatus.FORBIDDEN,
              "Host: " + host + " (expected: localhost or the address of this listener)"));
    }
    Optional<String> origin = exchange.header(HttpHeaderNames.ORIGIN);
    if (origin.isPresent() && !isSame(origin.get(), host)) {
      return Optional.of(
          Problems.of(
              HttpResponseStatus.FORBIDDEN,
              "Origin: " + origin.get() + " (expected: none, or that of this listener)"));
    }
    return Optional.empty();
  }

  private boolean isOurs(String host) {
    return ListenAddress.isLoopback(host) || host.equals(listen.host().toLowerCase(Locale.ROOT));
  }

  private static boolean isSame(String origin, String host) {
    String lower = origin.toLowerCase(Locale.ROOT);
    return lower.equals("http://" + host) || lower.equals("https://" + host);
  }

  /** The host of {@code host:port}, {@code [v6]:port} or either without a port. */
  private static String hostOf(String value) {
    if (value.startsWith("[")) {
      int end = value.indexOf(']');
      return end < 0 ? value : value.substring(1, end);
    }
    int colon = value.indexOf(':');
    return colon < 0 ? value : value.substring(0, colon);
  }

  private static Response unauthorised() {
    Response response =
        Problems.of(
            HttpResponseStatus.UNAUTHORIZED,
            "the token of this edge is needed (expected: Authorization: Bearer, and what is in"
                + " admin.tokenFile)");
    response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"outcrop\"");
    return response;
  }
}

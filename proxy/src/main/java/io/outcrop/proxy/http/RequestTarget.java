package io.outcrop.proxy.http;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The path and query of a request, decoded. Immutable. */
public final class RequestTarget {

  private static final int MAX_PARAMETERS = 32;

  private final String path;
  private final Map<String, List<String>> parameters;

  private RequestTarget(String path, Map<String, List<String>> parameters) {
    this.path = path;
    this.parameters = parameters;
  }

  /**
   * Decodes a request target, also in absolute form.
   *
   * @throws IllegalArgumentException if an escape is malformed
   */
  static RequestTarget parse(String uri) {
    // Most have neither a query nor an escape; those are not to pay for the others.
    if (uri.startsWith("/")
        && uri.indexOf('?') < 0
        && uri.indexOf('%') < 0
        && uri.indexOf('#') < 0) {
      return new RequestTarget(uri, Map.of());
    }
    QueryStringDecoder decoder =
        QueryStringDecoder.builder()
            .maxParams(MAX_PARAMETERS)
            .hasPath(true)
            .build(uri.startsWith("/") ? uri : withoutAuthority(uri));
    return new RequestTarget(decoder.path(), decoder.parameters());
  }

  /** The decoded path. */
  public String path() {
    return path;
  }

  /** The first value of a query parameter that has one. */
  public Optional<String> parameter(String name) {
    List<String> values = parameters.get(name);
    return values == null || values.isEmpty() || values.getFirst().isEmpty()
        ? Optional.empty()
        : Optional.of(values.getFirst());
  }

  private static String withoutAuthority(String uri) {
    int authority = uri.indexOf("://");
    int slash = authority < 0 ? -1 : uri.indexOf('/', authority + 3);
    return slash < 0 ? "/" : uri.substring(slash);
  }
}

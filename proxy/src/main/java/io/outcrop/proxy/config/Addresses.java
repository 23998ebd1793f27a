package io.outcrop.proxy.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;

/** Addresses of upstreams and of the proxies on the way to them. */
final class Addresses {

  private static final int MAX_PORT = 65_535;

  /** Base address of an upstream. */
  static final Form<URI> ENDPOINT =
      Form.of(
          "an address such as https://registry.example.com or https://example.com/prefix",
          Addresses::endpoint);

  private Addresses() {}

  /**
   * Reads the base address of an upstream; a slash at its end is dropped.
   *
   * @throws IllegalArgumentException if it is not http or https with a host and perhaps a path
   */
  static URI endpoint(String text) {
    URI uri = parse(text, Set.of("http", "https"));
    String path = uri.getRawPath().replaceFirst("/+$", "");
    if (path.endsWith("/v2")) {
      throw new RefusedException(Shown.of(text) + " (expected: without /v2, which is added)");
    }
    return URI.create(uri.getScheme() + "://" + uri.getRawAuthority() + path);
  }

  /**
   * Reads the address of an HTTP proxy.
   *
   * @throws IllegalArgumentException if it is not {@code http://host:port}
   */
  static URI proxy(String text) {
    URI uri = parse(text, Set.of("http"));
    if (uri.getPort() < 0 || !uri.getRawPath().replace("/", "").isEmpty()) {
      throw new IllegalArgumentException();
    }
    return URI.create("http://" + uri.getRawAuthority());
  }

  private static URI parse(String text, Set<String> schemes) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(e);
    }
    if (uri.getRawUserInfo() != null) {
      // The value is not shown: it may hold a password.
      throw new RefusedException("an address with a user name (expected: one without)");
    }
    boolean fits =
        uri.getScheme() != null
            && schemes.contains(uri.getScheme())
            && uri.getHost() != null
            && uri.getPort() != 0
            && uri.getPort() <= MAX_PORT
            && uri.getRawQuery() == null
            && uri.getRawFragment() == null;
    if (!fits) {
      throw new IllegalArgumentException();
    }
    return uri;
  }
}

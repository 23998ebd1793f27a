package io.outcrop.proxy.upstream;

import io.outcrop.proxy.config.ProxyConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Which proxy leads to an address, and how to log in at it. */
final class ProxyRules extends ProxySelector {

  private final Optional<URI> forHttp;
  private final Optional<URI> forHttps;
  private final NoProxy exceptions;
  private final boolean always;

  private ProxyRules(
      Optional<URI> forHttp, Optional<URI> forHttps, NoProxy exceptions, boolean always) {
    this.forHttp = forHttp;
    this.forHttps = forHttps;
    this.exceptions = exceptions;
    this.always = always;
  }

  /**
   * The rules of a configuration.
   *
   * @throws IllegalArgumentException if a proxy is not {@code http://host:port}
   */
  static ProxyRules of(ProxyConfig config, Map<String, String> environment) {
    return switch (config) {
      case ProxyConfig.Direct() ->
          new ProxyRules(Optional.empty(), Optional.empty(), new NoProxy(""), false);
      case ProxyConfig.Through(URI address) -> {
        Optional<URI> proxy = Optional.of(checked(address));
        yield new ProxyRules(proxy, proxy, new NoProxy(""), true);
      }
      case ProxyConfig.FromEnvironment() ->
          new ProxyRules(
              proxy(environment, "HTTP_PROXY"),
              proxy(environment, "HTTPS_PROXY"),
              new NoProxy(variable(environment, "NO_PROXY").orElse("")),
              false);
    };
  }

  @Override
  public List<Proxy> select(URI uri) {
    return List.of(
        proxyOf(uri)
            .map(proxy -> new Proxy(Proxy.Type.HTTP, socket(proxy)))
            .orElse(Proxy.NO_PROXY));
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {
    // There is no second way; the request fails and says so.
  }

  /** What to send in {@code Proxy-Authorization}; the client gives it to the proxy only. */
  Optional<String> authorization(URI uri) {
    return proxyOf(uri)
        .flatMap(proxy -> Optional.ofNullable(proxy.getUserInfo()))
        .map(info -> info.getBytes(StandardCharsets.UTF_8))
        .map(info -> "Basic " + Base64.getEncoder().encodeToString(info));
  }

  private Optional<URI> proxyOf(URI uri) {
    boolean https = "https".equalsIgnoreCase(uri.getScheme());
    Optional<URI> proxy = https ? forHttps : forHttp;
    if (proxy.isEmpty() || always) {
      return proxy;
    }
    return exceptions.covers(uri.getHost(), Origin.of(uri).port()) ? Optional.empty() : proxy;
  }

  private static InetSocketAddress socket(URI proxy) {
    return InetSocketAddress.createUnresolved(proxy.getHost(), Origin.of(proxy).port());
  }

  private static Optional<URI> proxy(Map<String, String> environment, String name) {
    return variable(environment, name)
        .map(value -> value.contains("://") ? value : "http://" + value)
        .map(ProxyRules::uri);
  }

  private static URI uri(String text) {
    try {
      return checked(URI.create(text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("proxy address (expected: http://host:port)");
    }
  }

  private static URI checked(URI address) {
    if (!"http".equalsIgnoreCase(address.getScheme()) || address.getHost() == null) {
      // Without the address, which may hold a password.
      throw new IllegalArgumentException("proxy address (expected: http://host:port)");
    }
    return address;
  }

  private static Optional<String> variable(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name))
        .or(() -> Optional.ofNullable(environment.get(name.toLowerCase(Locale.ROOT))))
        .map(String::strip)
        .filter(value -> !value.isEmpty());
  }
}

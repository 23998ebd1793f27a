package io.outcrop.proxy.upstream;

import io.outcrop.proxy.config.ClientTlsConfig;
import io.outcrop.proxy.config.ProxyConfig;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** HTTP clients; upstreams that are reached alike share one. */
final class HttpClients implements AutoCloseable {

  static {
    // By default the JDK does not log in at a proxy in front of https; it reads this once, when the
    // first client is made.
    String tunnelling = "jdk.http.auth.tunneling.disabledSchemes";
    if (System.getProperty(tunnelling) == null) {
      System.setProperty(tunnelling, "");
    }
  }

  private record Way(ProxyConfig proxy, Duration connect) {}

  private final Map<Way, HttpClient> shared = new ConcurrentHashMap<>();
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

  /** A client with the platform's TLS, not to be closed by the caller. */
  HttpClient shared(ProxyConfig proxy, ProxyRules rules, Duration connect) {
    return shared.computeIfAbsent(
        new Way(proxy, connect), way -> builder(rules, way.connect).build());
  }

  /** A client with TLS of its own, to be closed by the caller. */
  HttpClient own(ClientTlsConfig tls, ProxyRules rules, Duration connect) {
    return builder(rules, connect).sslContext(TlsContexts.of(tls)).build();
  }

  private HttpClient.Builder builder(ProxyRules rules, Duration connect) {
    return HttpClient.newBuilder()
        .version(Version.HTTP_2)
        .followRedirects(Redirect.NEVER)
        .connectTimeout(connect)
        .proxy(rules)
        .executor(executor);
  }

  @Override
  public void close() {
    shared.values().forEach(HttpClient::shutdownNow);
    executor.shutdownNow();
  }
}

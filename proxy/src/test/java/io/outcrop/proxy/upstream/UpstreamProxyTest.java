package io.outcrop.proxy.upstream;

import static io.outcrop.proxy.upstream.Fixture.APP;
import static io.outcrop.proxy.upstream.Fixture.LATEST;
import static io.outcrop.proxy.upstream.Fixture.MANIFEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.oci.MediaType;
import io.outcrop.proxy.config.ProxyConfig;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class UpstreamProxyTest {

  private final Fixture fixture = new Fixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  private Upstream through(RawServer proxy, String endpoint) {
    URI address = URI.create("http://me:pw@127.0.0.1:" + proxy.port());
    return fixture.open(config -> config.through(new ProxyConfig.Through(address)), endpoint);
  }

  @Test
  void plain_isAskedForTheWholeAddress_withItsPassword() throws Exception {
    try (RawServer proxy =
        new RawServer((_, to) ->
            to.send("HTTP/1.1 200 OK\r\ncontent-type: " + MediaType.OCI_MANIFEST, MANIFEST))) {
      through(proxy, "http://registry.invalid").getManifest(APP, LATEST);
      RawServer.Request request = proxy.requests().getFirst();
      assertThat(request.path()).isEqualTo("http://registry.invalid/v2/org/app/manifests/latest");
      assertThat(request.header("Proxy-Authorization")).contains("Basic bWU6cHc=");
    }
  }

  @Test
  void tls_isTunnelled_withItsPassword() throws Exception {
    try (RawServer proxy = new RawServer((_, to) -> to.send("HTTP/1.1 502 No"))) {
      assertThatThrownBy(() -> through(proxy, "https://registry.invalid").getManifest(APP, LATEST))
          .isInstanceOf(UpstreamException.Unavailable.class)
          .hasMessageNotContaining("pw");
      RawServer.Request request = proxy.requests().getFirst();
      assertThat(request.line()).startsWith("CONNECT registry.invalid:443 ");
      assertThat(request.header("Proxy-Authorization")).contains("Basic bWU6cHc=");
    }
  }

  @Test
  void direct_neverTellsTheProxysPassword() throws Exception {
    fixture.environment.put("HTTP_PROXY", "http://me:pw@proxy.invalid:1");
    try (RawServer server =
        new RawServer((_, to) ->
            to.send("HTTP/1.1 200 OK\r\ncontent-type: " + MediaType.OCI_MANIFEST, MANIFEST))) {
      fixture
          .open(config -> config.through(new ProxyConfig.FromEnvironment()), server.url())
          .getManifest(APP, LATEST);
      assertThat(server.requests().getFirst().header("Proxy-Authorization")).isEmpty();
    }
  }

  @Test
  void loginRefused_isUnavailable() throws Exception {
    try (RawServer proxy = new RawServer((_, to) -> to.send("HTTP/1.1 407 Who"))) {
      assertThatThrownBy(() -> through(proxy, "http://registry.invalid").getManifest(APP, LATEST))
          .isInstanceOf(UpstreamException.Unavailable.class);
    }
  }
}

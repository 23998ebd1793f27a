package io.outcrop.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.proxy.config.ProxyConfig;
import java.net.Proxy;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProxyRulesTest {

  private static boolean proxied(Map<String, String> environment, String uri) {
    ProxyRules rules = ProxyRules.of(new ProxyConfig.FromEnvironment(), environment);
    return !rules.select(URI.create(uri)).getFirst().equals(Proxy.NO_PROXY);
  }

  @Test
  void environment_byScheme() {
    Map<String, String> environment = Map.of("https_proxy", "http://proxy.test:3128");
    assertThat(proxied(environment, "https://docker.io/")).isTrue();
    assertThat(proxied(environment, "http://docker.io/")).isFalse();
    assertThat(proxied(Map.of("HTTP_PROXY", "proxy.test:3128"), "http://docker.io/")).isTrue();
    assertThat(proxied(Map.of(), "https://docker.io/")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "*, docker.io, true",
    "docker.io, docker.io, true",
    "docker.io, auth.docker.io, true",
    "docker.io, notdocker.io, false",
    ".docker.io, auth.docker.io, true",
    ".docker.io, docker.io, false",
    "*.docker.io, auth.docker.io, true",
    "DOCKER.IO, docker.io, true",
    "docker.io:443, docker.io, true",
    "docker.io:5000, docker.io, false",
    "10.0.0.0/8, 10.1.2.3, true",
    "10.0.0.0/8, 11.1.2.3, false",
    "10.0.0.0/33, 10.1.2.3, false",
    "10.1.2.3, 10.1.2.3, true",
    "fd00::/8, [fd12::1], true",
    "nothing, localhost, true",
    "nothing, 127.0.0.1, true",
    "nothing, [::1], true",
    "nothing, docker.io, false",
  })
  void environment_noProxy(String list, String host, boolean direct) {
    Map<String, String> environment =
        Map.of("HTTPS_PROXY", "http://p.test:1", "no_proxy", "first.test, " + list);
    assertThat(proxied(environment, "https://" + host + "/")).isEqualTo(!direct);
  }

  @Test
  void through_hasNoExceptions() {
    ProxyRules rules =
        ProxyRules.of(
            new ProxyConfig.Through(URI.create("http://me:pw@proxy.test:3128")),
            Map.of("NO_PROXY", "*"));
    assertThat(rules.select(URI.create("http://localhost/")).getFirst().type())
        .isEqualTo(Proxy.Type.HTTP);
    assertThat(rules.authorization(URI.create("http://localhost/"))).contains("Basic bWU6cHc=");
  }

  @Test
  void malformed_isRefusedWithoutTellingIt() {
    for (String address : new String[] {"socks5://me:pw@proxy.test", "http://", "http://me:pw@"}) {
      assertThatThrownBy(
              () -> ProxyRules.of(new ProxyConfig.FromEnvironment(), Map.of("HTTP_PROXY", address)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageNotContaining("pw")
          .hasNoCause();
    }
  }
}

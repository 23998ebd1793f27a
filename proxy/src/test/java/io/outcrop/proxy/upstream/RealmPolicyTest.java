package io.outcrop.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RealmPolicyTest {

  private static URI check(String endpoint, String realm) throws UpstreamException {
    return new RealmPolicy(List.of("Auth.Partner.example")).check(realm, URI.create(endpoint));
  }

  @ParameterizedTest
  @CsvSource({
    "https://registry-1.docker.io, https://auth.docker.io/token",
    "https://ghcr.io, https://ghcr.io/token",
    "https://registry.gitlab.com, https://gitlab.com/jwt/auth",
    "https://quay.io, https://QUAY.io/v2/auth",
    "https://x.azurecr.io, https://x.azurecr.io/oauth2/token",
    "https://r.shop.co.uk, https://auth.shop.co.uk/token",
    "https://r.example.com, https://auth.partner.example/token",
    "http://10.0.0.1:5000, http://10.0.0.1:5001/token",
    "http://localhost:5000, http://localhost:5001/token",
    "https://r.example.com, /token",
  })
  void check_trusted(String endpoint, String realm) throws Exception {
    assertThat(check(endpoint, realm).getHost()).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "https://registry.example.com, https://auth.attacker.com/token",
    "https://registry.example.com, https://example.com.attacker.com/token",
    "https://x.azurecr.io, https://y.azurecr.io/oauth2/token",
    "https://a.s3.amazonaws.com, https://b.s3.amazonaws.com/token",
    "https://a.co.uk, https://b.co.uk/token",
    "http://10.0.0.1:5000, http://10.0.0.2:5000/token",
    "http://registry, http://auth/token",
  })
  void check_anotherDomain(String endpoint, String realm) {
    assertThatThrownBy(() -> check(endpoint, realm))
        .isInstanceOf(UpstreamException.Denied.class)
        .hasMessageContaining("tokenHosts");
  }

  @ParameterizedTest
  @CsvSource({
    "https://r.example.com, http://r.example.com/token",
    "https://r.example.com, ftp://r.example.com/token",
    "https://r.example.com, https://user@r.example.com/token",
    "https://r.example.com, https://",
  })
  void check_unsafe(String endpoint, String realm) {
    assertThatThrownBy(() -> check(endpoint, realm)).isInstanceOf(UpstreamException.Denied.class);
  }
}

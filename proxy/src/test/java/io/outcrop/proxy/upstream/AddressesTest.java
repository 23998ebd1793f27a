package io.outcrop.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AddressesTest {

  private static final URI BASE = URI.create("https://host:8443/v2/a/referrers/sha256:1?n=1");

  @ParameterizedTest
  @CsvSource({
    "?page=2, https://host:8443/v2/a/referrers/sha256:1?page=2",
    "/v2/x, https://host:8443/v2/x",
    "//cdn/x, https://cdn/x",
    "https://cdn/x?a=%2F, https://cdn/x?a=%2F",
    "https://cdn/x?a={b|c}, https://cdn/x?a=%7Bb%7Cc%7D",
    "https://cdn/é, https://cdn/%C3%A9",
  })
  void resolve(String reference, String expected) {
    assertThat(Addresses.resolve(BASE, reference)).hasToString(expected);
  }

  @Test
  void resolve_portThatIsNone() {
    assertThatThrownBy(() -> Addresses.resolve(BASE, "https://cdn:70000/"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

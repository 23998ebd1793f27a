package io.outcrop.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SpellingTest {

  private static final List<String> KEYS =
      List.of("id", "listen", "path", "proxy", "tagFreshness", "tls", "tokenHosts");

  @Test
  void nearest_slip() {
    assertThat(Spelling.nearest("tagFreshnes", KEYS)).contains("tagFreshness");
    assertThat(Spelling.nearest("listne", KEYS)).contains("listen");
    assertThat(Spelling.nearest("ids", KEYS)).contains("id");
  }

  @Test
  void nearest_otherManner() {
    assertThat(Spelling.nearest("TLS", KEYS)).contains("tls");
    assertThat(Spelling.nearest("token_hosts", KEYS)).contains("tokenHosts");
    assertThat(Spelling.nearest("tag-freshness", KEYS)).contains("tagFreshness");
  }

  @Test
  void nearest_nothingNear() {
    assertThat(Spelling.nearest("retention", KEYS)).isEmpty();
    assertThat(Spelling.nearest("", KEYS)).isEmpty();
    assertThat(Spelling.nearest("listen".repeat(1_000), KEYS)).isEmpty();
    assertThat(Spelling.nearest("x", List.of())).isEmpty();
  }
}

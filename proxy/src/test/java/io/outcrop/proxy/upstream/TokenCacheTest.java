package io.outcrop.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class TokenCacheTest {

  private final ManualClock clock = new ManualClock();
  private final AtomicInteger fetched = new AtomicInteger();
  private final TokenCache cache =
      new TokenCache(
          _ -> Token.of("t" + fetched.incrementAndGet(), clock.instant(), Duration.ofSeconds(60)),
          clock);

  private static TokenKey key(Credential credential, String scope) {
    return new TokenKey(
        credential, URI.create("https://a/token"), Optional.of("s"), List.of(scope));
  }

  @Test
  void get_isKeyedByCredentialAndScope() throws Exception {
    TokenKey nobody = key(Credential.NONE, "a");
    assertThat(cache.get(nobody).token().value()).isEqualTo("t1");
    assertThat(cache.get(nobody).fresh()).isFalse();
    assertThat(cache.get(key(new Credential.User("a", "1"), "a")).fresh()).isTrue();
    assertThat(cache.get(key(new Credential.User("a", "2"), "a")).fresh()).isTrue();
    assertThat(cache.get(key(Credential.NONE, "b")).fresh()).isTrue();
  }

  @Test
  void get_shortlyBeforeExpiry_isAnother() throws Exception {
    TokenKey key = key(Credential.NONE, "a");
    cache.get(key);
    clock.advance(Duration.ofSeconds(47));
    assertThat(cache.get(key).token().value()).isEqualTo("t1");
    clock.advance(Duration.ofSeconds(1));
    assertThat(cache.get(key).token().value()).isEqualTo("t2");
  }

  @Test
  void refused_onlyIfStillKept() throws Exception {
    TokenKey key = key(Credential.NONE, "a");
    cache.get(key);
    cache.refused(key, "Bearer t1");
    cache.get(key);
    cache.refused(key, "Bearer t1");
    assertThat(cache.get(key).token().value()).isEqualTo("t2");
  }

  @Test
  void get_failure_isNotKept() throws Exception {
    AtomicInteger tries = new AtomicInteger();
    TokenCache failing =
        new TokenCache(
            _ -> {
              if (tries.incrementAndGet() == 1) {
                throw new UpstreamException.Unavailable("down", null);
              }
              return Token.of("t", clock.instant(), Duration.ofSeconds(60));
            },
            clock);
    TokenKey key = key(Credential.NONE, "a");
    assertThatThrownBy(() -> failing.get(key)).isInstanceOf(UpstreamException.Unavailable.class);
    assertThat(failing.get(key).token().value()).isEqualTo("t");
  }
}

package io.outcrop.proxy.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Namespace;
import io.outcrop.proxy.upstream.UpstreamStatus;
import io.outcrop.proxy.upstream.UpstreamStatus.Circuit;
import io.outcrop.proxy.upstream.UpstreamStatus.EndpointStatus;
import io.outcrop.proxy.upstream.UpstreamStatus.RateLimit;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class UplinkWatchTest {

  private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");
  private static final EndpointStatus NEVER_ASKED =
      endpoint(Circuit.CLOSED, Optional.empty(), Optional.empty());

  @Test
  void isThereWhereNothingHasFailed() {
    assertThat(UplinkWatch.isGone(List.of())).isFalse();
    assertThat(gone(NEVER_ASKED)).isFalse();
    assertThat(gone(answered(0), NEVER_ASKED)).isFalse();
  }

  @Test
  void isGoneWhereOneFailsAndTheOthersWereNotAsked() {
    assertThat(gone(failed(0), NEVER_ASKED)).isTrue();
    assertThat(gone(failed(0))).isTrue();
  }

  @Test
  void isThereWhereAnotherHasAnsweredSinceOrShortlyBefore() {
    assertThat(gone(failed(0), answered(10))).isFalse();
    assertThat(gone(failed(0), answered(-50))).isFalse();
    assertThat(gone(failed(0), answered(-70))).isTrue();
    assertThat(gone(failed(-600), answered(-70))).isFalse();
  }

  @Test
  void isGoneAsLongAsOneIsOnlyBeingTriedAgain() {
    assertThat(gone(endpoint(Circuit.HALF_OPEN, Optional.of(-100L), Optional.of(0L)))).isTrue();
  }

  /** What answered once and now fails says nothing for the uplink. */
  @Test
  void isGoneWhereTheSameHasAnsweredBefore() {
    assertThat(gone(endpoint(Circuit.OPEN, Optional.of(-5L), Optional.of(0L)))).isTrue();
  }

  @Test
  void isThereAgainWhereTheLatestFailureIsOver() {
    assertThat(gone(endpoint(Circuit.CLOSED, Optional.of(5L), Optional.of(0L)))).isFalse();
  }

  private static boolean gone(EndpointStatus... endpoints) {
    return UplinkWatch.isGone(
        List.of(endpoints).stream()
            .map(endpoint -> new UpstreamStatus(Namespace.DOCKER_HUB, List.of(endpoint)))
            .toList());
  }

  private static EndpointStatus answered(long seconds) {
    return endpoint(Circuit.CLOSED, Optional.of(seconds), Optional.empty());
  }

  private static EndpointStatus failed(long seconds) {
    return endpoint(Circuit.OPEN, Optional.empty(), Optional.of(seconds));
  }

  private static EndpointStatus endpoint(
      Circuit circuit, Optional<Long> answered, Optional<Long> failed) {
    return new EndpointStatus(
        URI.create("https://registry.test"),
        circuit,
        Duration.ZERO,
        answered.map(NOON::plusSeconds),
        failed.map(at -> "refused"),
        failed.map(NOON::plusSeconds),
        new RateLimit(
            OptionalLong.empty(),
            OptionalLong.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
  }
}

package io.outcrop.proxy.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PrefetchPlanTest {

  private static final Repository APP = Repository.of("docker.io", "org/app");
  private static final Digest IMAGE = digest(1);
  private static final Digest OTHER_IMAGE = digest(2);
  private static final Digest BASE = digest(10);
  private static final Digest TOP = digest(11);

  private Instant now = Instant.parse("2026-03-01T10:00:00Z");
  private final PrefetchPlan plan = new PrefetchPlan(() -> now);

  private static Digest digest(int i) {
    return Digest.sha256(new byte[] {(byte) i, (byte) (i >> 8)});
  }

  private List<Digest> next() {
    return plan.next(layer -> true).map(Map.Entry::getKey).stream().toList();
  }

  @Test
  void keepsTheOrder() {
    plan.add(APP, IMAGE, List.of(BASE, TOP), 1);
    assertThat(next()).containsExactly(BASE);
    assertThat(plan.next(layer -> !layer.getKey().equals(BASE)).orElseThrow().getKey())
        .isEqualTo(TOP);
    plan.done(BASE);
    assertThat(next()).containsExactly(TOP);
    plan.done(TOP);
    assertThat(plan.isEmpty()).isTrue();
  }

  @Test
  void dropsWhatAClientThatIsGoneWaitedFor() {
    plan.add(APP, IMAGE, List.of(BASE, TOP), 1);
    now = now.plus(Duration.ofSeconds(59));
    assertThat(plan.dropIdle(manifest -> false)).isEmpty();
    plan.seen(2);
    now = now.plus(Duration.ofSeconds(2));
    assertThat(plan.dropIdle(manifest -> false)).containsExactly(BASE, TOP);
    assertThat(plan.isEmpty()).isTrue();
  }

  @Test
  void keepsWhatAClientThatAsksForOtherThingsWaitsFor() {
    plan.add(APP, IMAGE, List.of(BASE), 1);
    for (int i = 0; i < 5; i++) {
      now = now.plus(Duration.ofSeconds(59));
      plan.seen(1);
      assertThat(plan.dropIdle(manifest -> false)).isEmpty();
    }
  }

  @Test
  void keepsWhatAClientThatIsBusyWithTheImageWaitsFor() {
    plan.add(APP, IMAGE, List.of(BASE), 1);
    for (int i = 0; i < 5; i++) {
      now = now.plus(Duration.ofSeconds(59));
      assertThat(plan.dropIdle(IMAGE::equals)).isEmpty();
    }
  }

  @Test
  void keepsWhatAnotherClientWaitsForToo() {
    plan.add(APP, IMAGE, List.of(BASE, TOP), 1);
    now = now.plus(Duration.ofSeconds(40));
    plan.add(APP, OTHER_IMAGE, List.of(BASE), 2);
    now = now.plus(Duration.ofSeconds(30));
    assertThat(plan.dropIdle(manifest -> false)).containsExactly(TOP);
    assertThat(next()).containsExactly(BASE);
  }

  @Test
  void isBounded() {
    for (int i = 0; i < 3_000; i++) {
      plan.add(APP, digest(i), List.of(digest(10_000 + i)), i);
    }
    int count = 0;
    for (List<Digest> next = next(); !next.isEmpty(); next = next()) {
      plan.done(next.getFirst());
      count++;
    }
    assertThat(count).isEqualTo(1_000);
  }
}

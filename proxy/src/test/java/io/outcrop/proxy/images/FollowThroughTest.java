package io.outcrop.proxy.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class FollowThroughTest {

  private static final Repository APP = Repository.of("docker.io", "org/app");
  private static final Repository OTHER = Repository.of("docker.io", "org/other");
  private static final int CLIENT = 7;

  private Instant now = Instant.parse("2026-03-01T10:00:00Z");
  private final InstantSource clock = () -> now;
  private final FollowThrough follow = new FollowThrough(clock);

  private static Digest digest(int i) {
    return Digest.sha256(new byte[] {(byte) i, (byte) (i >> 8)});
  }

  private void visit(int image, int client, boolean follows) {
    follow.opened(APP, digest(image), Set.of(digest(10_000 + image)), client);
    if (follows) {
      follow.taken(APP, digest(10_000 + image), client);
    }
    now = now.plus(Duration.ofSeconds(61));
  }

  @Test
  void knowsNothingOfWhatItHasSeenOnce() {
    visit(1, CLIENT, true);
    assertThat(follow.follows(APP)).isFalse();
    visit(2, CLIENT, true);
    assertThat(follow.follows(APP)).isTrue();
    assertThat(follow.follows(OTHER)).isFalse();
  }

  @Test
  void halfIsNotEnough() {
    visit(1, CLIENT, true);
    visit(2, CLIENT, false);
    visit(3, CLIENT, true);
    visit(4, CLIENT, false);
    assertThat(follow.follows(APP)).isFalse();
    visit(5, CLIENT, true);
    assertThat(follow.follows(APP)).isTrue();
  }

  @Test
  void countsAClientThatAsksAgainAndAgainOnce() {
    visit(1, CLIENT, true);
    visit(2, CLIENT, true);
    for (int i = 0; i < 50; i++) {
      follow.opened(APP, digest(3), Set.of(digest(4)), CLIENT);
      assertThat(follow.isOpen(APP, digest(3), CLIENT)).isTrue();
      now = now.plus(Duration.ofSeconds(1));
    }
    now = now.plus(Duration.ofSeconds(61));
    assertThat(follow.isOpen(APP, digest(3), CLIENT)).isFalse();
    assertThat(follow.follows(APP)).as("two of three").isTrue();
  }

  @Test
  void countsSeveralBlobsOfAnImageOnce() {
    for (int i = 0; i < 2; i++) {
      follow.opened(APP, digest(i), Set.of(digest(100), digest(101), digest(102)), CLIENT);
    }
    for (int blob = 100; blob < 103; blob++) {
      follow.taken(APP, digest(blob), CLIENT);
    }
    now = now.plus(Duration.ofSeconds(61));
    // Two images that share their layers: both were followed, once each.
    visit(3, CLIENT, false);
    visit(4, CLIENT, false);
    assertThat(follow.follows(APP)).as("two of four").isFalse();
  }

  @Test
  void tooLateIsNotFollowed() {
    for (int i = 0; i < 3; i++) {
      follow.opened(APP, digest(i), Set.of(digest(100 + i)), CLIENT);
      now = now.plus(Duration.ofSeconds(61));
      follow.taken(APP, digest(100 + i), CLIENT);
    }
    assertThat(follow.follows(APP)).isFalse();
  }

  @Test
  void anotherClientOrAnotherRepositoryOrAnotherBlobIsNotFollowed() {
    for (int i = 0; i < 3; i++) {
      follow.opened(APP, digest(i), Set.of(digest(100 + i)), CLIENT);
      follow.taken(APP, digest(100 + i), CLIENT + 1);
      follow.taken(OTHER, digest(100 + i), CLIENT);
      follow.taken(APP, digest(200 + i), CLIENT);
      now = now.plus(Duration.ofSeconds(61));
    }
    assertThat(follow.follows(APP)).isFalse();
  }

  @Test
  void forgetsThePastInTime() {
    for (int i = 0; i < 500; i++) {
      visit(i, CLIENT, true);
    }
    assertThat(follow.follows(APP)).isTrue();
    int looks = 0;
    while (follow.follows(APP)) {
      visit(1_000 + looks++, CLIENT, false);
    }
    assertThat(looks).isBetween(16, 64);
  }

  @Test
  void isBounded() {
    for (int i = 0; i < 30_000; i++) {
      follow.opened(APP, digest(i), Set.of(digest(i)), i);
    }
    assertThat(follow.isOpen(APP, digest(100), 100)).isTrue();
    assertThat(follow.isOpen(APP, digest(29_999), 29_999)).isFalse();
  }
}

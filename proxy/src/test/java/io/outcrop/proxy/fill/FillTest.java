package io.outcrop.proxy.fill;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.upstream.UpstreamException;
import org.junit.jupiter.api.Test;

/** Who may join a transfer, and when it may be given up. */
final class FillTest {

  private final Fill fill =
      new Fill(Repository.of("docker.io", "org/app"), Digest.sha256(new byte[] {1}));

  @Test
  void nobodyJoinsOneThatHasFailed() {
    assertThat(fill.ask()).isTrue();
    fill.fail(new UpstreamException.Unavailable("gone"));
    assertThat(fill.ask()).isFalse();
    assertThat(fill.keep()).isFalse();
  }

  @Test
  void isGivenUpOnlyWhileNobodyWantsIt() {
    assertThat(fill.giveUp()).isTrue();
    assertThat(fill.ask()).as("it is about to end").isFalse();
  }

  @Test
  void isNeverGivenUpOnceItIsWanted() {
    assertThat(fill.ask()).isTrue();
    assertThat(fill.giveUp()).isFalse();
    assertThat(fill.isWanted()).isTrue();
  }
}

package io.outcrop.storage.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LeastRecentlyUsedTest {

  private static final List<Digest> DIGESTS =
      List.of(
          Digest.sha256(new byte[] {0}),
          Digest.sha256(new byte[] {1}),
          Digest.sha256(new byte[] {2}));

  private final LeastRecentlyUsed policy = new LeastRecentlyUsed();

  @Test
  void namesNothingWhenItKnowsNothing() {
    assertThat(policy.victim(digest -> true)).isEmpty();
  }

  @Test
  void namesWhatWasNotUsedForLongest() {
    DIGESTS.forEach(digest -> policy.admitted(digest, 1));
    policy.accessed(DIGESTS.get(0), 7);

    assertThat(policy.victim(digest -> true)).contains(DIGESTS.get(1));
  }

  @Test
  void namesTheSameUntilItIsRemoved() {
    DIGESTS.forEach(digest -> policy.admitted(digest, 1));

    assertThat(policy.victim(digest -> true)).contains(DIGESTS.get(0));
    assertThat(policy.victim(digest -> true)).contains(DIGESTS.get(0));
    policy.removed(DIGESTS.get(0));
    assertThat(policy.victim(digest -> true)).contains(DIGESTS.get(1));
  }

  @Test
  void askingAboutContentIsNoUseOfIt() {
    DIGESTS.forEach(digest -> policy.admitted(digest, 1));

    assertThat(policy.victim(DIGESTS.get(2)::equals)).contains(DIGESTS.get(2));
    assertThat(policy.victim(digest -> true)).contains(DIGESTS.get(0));
  }

  @Test
  void ignoresWhatItDoesNotKnow() {
    policy.accessed(DIGESTS.get(0), 7);
    policy.removed(DIGESTS.get(0));

    assertThat(policy.victim(digest -> true)).isEmpty();
  }
}

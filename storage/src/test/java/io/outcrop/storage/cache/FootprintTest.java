package io.outcrop.storage.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** How much heap the policy takes, by what is in use after a collection. */
@Isolated // What others allocate meanwhile would be taken for the policy's.
final class FootprintTest {

  private static final int BLOBS = 400_000;
  private static final long BYTES = 1 << 20;

  private final Digest[] digests =
      IntStream.range(0, BLOBS).mapToObj(Digests::digest).toArray(Digest[]::new);

  @Test
  void aResidentBlobTakesEightyBytesBesideItsDigest() {
    long before = heapInUse();
    StackArc policy = newPolicy(StackArcOptions.defaults());
    for (Digest digest : digests) {
      policy.admitted(digest, BYTES);
      policy.accessed(digest, ReplacementPolicy.UNKNOWN_CLIENT);
    }

    long perBlob = (heapInUse() - before) / BLOBS;

    assertThat(perBlob).isBetween(40L, 80L);
    assertThat(policy.standing(digests[BLOBS - 1])).isPresent();
  }

  @Test
  void whatIsRememberedIsBoundedWhateverComes() {
    long before = heapInUse();
    StackArc policy = newPolicy(StackArcOptions.defaults());
    for (int i = 0; i < BLOBS; i++) {
      policy.admitted(digests[i], 1);
      policy.evicted(digests[i]);
      policy.image(
          digests[i],
          List.of(digests[i], digests[(i + 1) % BLOBS], digests[(i + 2) % BLOBS], digests[i / 2]));
      policy.imageUsed(digests[i], i + 1);
    }

    // 65,536 ghosts, 8,192 images of 4 layers, and the recent uses; after 400,000 of each.
    assertThat(heapInUse() - before).isBetween(1L << 20, 16L << 20);
    assertThat(policy.victim(digest -> true)).isEmpty();
  }

  private static StackArc newPolicy(StackArcOptions options) {
    return new StackArc(
        1L << 50, InstantSource.system(), new LinkEstimate(), GhostListener.NONE, options);
  }

  private static long heapInUse() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }
}

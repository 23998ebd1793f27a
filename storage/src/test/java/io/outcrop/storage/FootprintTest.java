package io.outcrop.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import io.outcrop.storage.cache.GhostListener;
import io.outcrop.storage.cache.LinkEstimate;
import io.outcrop.storage.cache.ReplacementPolicy;
import io.outcrop.storage.cache.StackArc;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** How much heap the index and the policy take, by what is in use after a collection. */
@Isolated // What others allocate meanwhile would be taken for the policy's.
final class FootprintTest {

  private static final int BLOBS = 400_000;
  private static final long BYTES = 1 << 20;

  private final Digest[] digests =
      IntStream.range(0, BLOBS).mapToObj(FootprintTest::digest).toArray(Digest[]::new);

  @Test
  void aResidentBlobTakesEightyBytesBesideItsDigest() {
    long before = heapInUse();
    StackArc policy = newPolicy();
    for (Digest digest : digests) {
      policy.admitted(digest, BYTES);
      policy.accessed(digest, ReplacementPolicy.UNKNOWN_CLIENT);
    }

    long perBlob = (heapInUse() - before) / BLOBS;

    assertThat(perBlob).isBetween(40L, 80L);
    assertThat(policy.standing(digests[BLOBS - 1])).isPresent();
  }

  @Test
  void aResidentBlobTakes250BytesInAll() {
    int blobs = 100_000;
    long before = heapInUse();
    StackArc policy = newPolicy();
    ContentIndex index = new ContentIndex(0);
    for (int i = 0; i < blobs; i++) {
      Digest digest = digest(BLOBS + i);
      index.put(
          digest, new ContentEntry(BYTES, false, ContentInfo.Origin.PUBLIC, Optional.empty(), 0));
      policy.admitted(digest, BYTES);
    }

    long perBlob = (heapInUse() - before) / blobs;

    assertThat(perBlob).isBetween(100L, 250L);
    assertThat(policy.victim(digest -> index.get(digest) != null)).isPresent();
  }

  @Test
  void whatIsRememberedIsBoundedWhateverComes() {
    long before = heapInUse();
    StackArc policy = newPolicy();
    for (int i = 0; i < BLOBS; i++) {
      policy.admitted(digests[i], 1);
      policy.evicted(digests[i]);
      policy.image(
          digests[i],
          List.of(digests[i], digests[(i + 1) % BLOBS], digests[(i + 2) % BLOBS], digests[i / 2]));
      policy.imageUsed(digests[i]);
    }

    // 65,536 ghosts, 8,192 images of 4 layers, and the recent uses; after 400,000 of each.
    assertThat(heapInUse() - before).isBetween(1L << 20, 16L << 20);
    assertThat(policy.victim(digest -> true)).isEmpty();
  }

  private static StackArc newPolicy() {
    return new StackArc(1L << 50, InstantSource.system(), new LinkEstimate(), GhostListener.NONE);
  }

  private static Digest digest(int number) {
    return new Digest(
        Digest.Algorithm.SHA256, "%016x".formatted(number * 0x9E3779B97F4A7C15L).repeat(4));
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

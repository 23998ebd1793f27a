package io.outcrop.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import io.outcrop.proxy.it.Origin.Access;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Many clients pull the same large image at once, which Outcrop does not have yet. */
@Isolated("It measures, and it takes all there is of the machine.")
final class CrowdIT {

  private static final int CLIENTS = 50;
  private static final long SIZE =
      Boolean.getBoolean("outcrop.it.big") ? 1_000_000_000 : 300_000_000;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  void pull_crowd() throws Exception {
    try (Origin origin = Origin.empty(folder.resolve("origin"));
        OutcropProcess outcrop = OutcropProcess.start(folder.resolve("outcrop"), origin)) {
      LargeImage image = LargeImage.push(origin, SIZE);
      long start = System.nanoTime();

      pull(outcrop, image);

      double seconds = (System.nanoTime() - start) / 1e9;
      List<Access> downloads = origin.accesses().stream().filter(Access::isBlobDownload).toList();
      assertThat(downloads)
          .extracting(Access::reference)
          .containsExactlyInAnyOrder(image.config().toString(), image.layer().toString());
      long sent = downloads.stream().mapToLong(Access::bytes).max().orElseThrow();
      assertThat(sent).isEqualTo(SIZE);
      System.out.printf(
          "CrowdIT: %d clients and 2 skopeo, a layer of %d bytes: %.1f s, origin sent %d bytes,"
              + " Outcrop's peak RSS %d MB, at the end RSS %.0f MB, heap %.0f MB%n",
          CLIENTS,
          SIZE,
          seconds,
          sent,
          outcrop.peakResidentBytes() / 1_000_000,
          outcrop.metric("process_resident_memory_bytes") / 1e6,
          outcrop.metric("jvm_memory_used_bytes") / 1e6);
      assertThat(outcrop.log()).doesNotContain("OutOfMemory").doesNotContain("ERROR");
    }
  }

  /** Lets everyone start together, and checks what each one got. */
  private void pull(OutcropProcess outcrop, LargeImage image) throws Exception {
    CountDownLatch together = new CountDownLatch(1);
    List<Callable<Void>> pulls = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      pulls.add(() -> pullRaw(outcrop.client(), image));
    }
    for (int i = 0; i < 2; i++) {
      Path scratch = folder.resolve("skopeo-" + i);
      pulls.add(() -> {
        Script.run(
            "pull-skopeo.sh",
            outcrop.address(),
            Images.REGISTRY,
            LargeImage.NAME.reference(),
            image.manifest(),
            scratch);
        return null;
      });
    }
    // Threads of the platform, as a virtual one that always has bytes to hash would starve others.
    try (ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread::new)) {
      List<Future<Void>> running =
          pulls.stream()
              .map(pull ->
                  threads.submit(() -> {
                    together.await();
                    return pull.call();
                  }))
              .toList();
      together.countDown();
      for (Future<Void> pull : running) {
        pull.get();
      }
    }
  }

  private static Void pullRaw(RegistryClient client, LargeImage image) throws Exception {
    byte[] manifest =
        client.get(LargeImage.NAME.mirrored("manifests", LargeImage.NAME.tag())).body();
    assertThat(Digest.sha256(manifest)).isEqualTo(image.manifest());
    for (Digest blob : List.of(image.config(), image.layer())) {
      assertThat(client.download(LargeImage.NAME.mirrored("blobs", blob))).isEqualTo(blob);
    }
    return null;
  }
}

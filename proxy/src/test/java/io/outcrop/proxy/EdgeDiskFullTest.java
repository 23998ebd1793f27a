package io.outcrop.proxy;

import static io.outcrop.proxy.Samples.blob;
import static io.outcrop.proxy.Samples.bytes;
import static io.outcrop.proxy.Samples.manifest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.outcrop.oci.Digest;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An edge on a file system of 48 MiB, of which it believes that it has a gibibyte. */
final class EdgeDiskFullTest {

  private static final int SIZE = 6 << 20;

  @TempDir Path folder;
  private boolean mounted;
  private TestRegistry registry;
  private TestEdge edge;

  @BeforeEach
  void start() throws Exception {
    mounted = run("mount", "-t", "tmpfs", "-o", "size=48m", "outcrop-test", folder.toString());
    if ("true".equals(System.getenv("OUTCROP_REQUIRE_PROGRAMS"))) {
      assertThat(mounted).as("mount of a tmpfs, which needs root").isTrue();
    }
    assumeTrue(mounted, "skipped: no tmpfs can be mounted here, which needs root");
    registry = new TestRegistry();
    edge =
        TestEdge.in(folder.resolve("data"))
            .capacity(1L << 30)
            .upstream("registry.test", registry.url())
            .start();
  }

  @AfterEach
  void stop() throws Exception {
    if (edge != null) {
      edge.close();
      registry.close();
    }
    if (mounted) {
      assertThat(run("umount", "-l", folder.toString())).isTrue();
    }
  }

  @Test
  void clientsGetBlobsThatTheDiskHasNoRoomFor() throws Exception {
    for (int i = 0; i < 12; i++) { // Twice what there is room for.
      byte[] content = blob(i, SIZE);
      assertServed("/v2/org/app/blobs/" + registry.blob("org/app", content), content);
    }
    assertThat(edge.metric("outcrop_fills_unkept_total")).isPositive();
  }

  @Test
  void manyClientsOfOneBlobGetItWhereTheDiskFillsUpInTheMiddle() throws Exception {
    byte[] content = blob(1, SIZE);
    String path = "/v2/org/app/blobs/" + registry.blob("org/app", content);
    fillUpTo(SIZE / 2);

    List<CompletableFuture<HttpResponse<byte[]>>> clients = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      clients.add(edge.getLater(path));
    }

    for (CompletableFuture<HttpResponse<byte[]>> client : clients) {
      assertThat(client.join().statusCode()).isEqualTo(200);
      assertThat(client.join().body()).isEqualTo(content);
    }
  }

  @Test
  void clientsGetEverythingWhereTheDatabaseTakesNothing_andItIsKeptOnceThereIsRoom()
      throws Exception {
    byte[] known = blob(1, 100_000);
    String knownPath = "/v2/org/app/blobs/" + registry.blob("org/app", known);
    assertServed(knownPath, known);
    await().until(() -> edge.metric("outcrop_fills_running") == 0);
    Path ballast = fillUpTo(0);
    // As many manifests as it takes until the log of the database finds no room: each is served.
    int count = 0;
    while (count < 3_000 && !databaseRefuses(count)) {
      count++;
    }
    assertThat(count).as("manifests until the database is full").isLessThan(3_000);

    for (int i = 0; i < 5; i++) {
      assertManifestServed("full-" + i, 5_000 + i);
      byte[] content = blob(50 + i, 200_000);
      assertServed("/v2/org/app/blobs/" + registry.blob("org/app", content), content);
      byte[] small = bytes("{\"small\":" + i + "}");
      assertServed("/v2/org/app/blobs/" + registry.blob("org/app", small), small);
    }
    assertServed(knownPath, known);
    assertThat(edge.admin("/readyz")).isEqualTo("ok\n");

    Files.delete(ballast);

    // The database looks for room again by itself, every few seconds.
    byte[] later = manifest("later", known);
    String laterPath = "/v2/org/later/manifests/" + registry.manifest("org/later", "1", later);
    await()
        .atMost(Duration.ofSeconds(40))
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(() -> {
          assertServed(laterPath, later);
          assertThat(isKept(Digest.sha256(later))).isTrue();
        });
    byte[] content = blob(99, SIZE);
    String path = "/v2/org/app/blobs/" + registry.blob("org/app", content);
    assertServed(path, content);
    await().until(() -> edge.metric("outcrop_fills_running") == 0);
    registry.stop();
    assertServed(laterPath, later);
    assertServed(path, content);
    edge.restart();
    assertServed(laterPath, later);
    assertServed(path, content);
    assertServed(knownPath, known);
  }

  @Test
  void startsOnAFullDiskAndServesWhatItHolds() throws Exception {
    byte[] known = blob(1, 100_000);
    String path = "/v2/org/app/blobs/" + registry.blob("org/app", known);
    assertServed(path, known);
    await().until(() -> edge.metric("outcrop_fills_running") == 0);
    edge.stop();
    fillUpTo(64 << 10); // Less than the database would take to set anything aside.

    edge.restart();

    registry.stop();
    assertServed(path, known);
  }

  private boolean databaseRefuses(int number) throws IOException {
    Digest digest = assertManifestServed("n-" + number, number);
    return !isKept(digest);
  }

  private Digest assertManifestServed(String tag, int seed) throws IOException {
    // Of some size, so that not so many are needed.
    byte[] manifest = manifest("x".repeat(30_000) + seed, blob(seed, 10));
    Digest digest = registry.manifest("org/app", tag, manifest);
    assertServed("/v2/org/app/manifests/" + digest, manifest);
    return digest;
  }

  private boolean isKept(Digest digest) throws IOException {
    return edge.admin("/admin/v1/content/" + digest + "/explanation")
        .contains("\"resident\" : true");
  }

  private void assertServed(String path, byte[] content) throws IOException {
    HttpResponse<byte[]> response = edge.get(path);
    assertThat(response.statusCode()).as(path).isEqualTo(200);
    assertThat(response.body()).isEqualTo(content);
  }

  /** Takes all the room there is, but for some bytes. */
  private Path fillUpTo(long left) throws IOException {
    Path ballast = folder.resolve("ballast");
    byte[] chunk = new byte[4 << 10];
    try (OutputStream out = Files.newOutputStream(ballast)) {
      while (Files.getFileStore(folder).getUsableSpace() > left) {
        out.write(chunk);
      }
    } catch (IOException e) {
      assertThat(e.getMessage()).contains("No space left");
    }
    return ballast;
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false; // No such program.
    }
  }
}

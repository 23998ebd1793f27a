package io.outcrop.proxy;

import static io.outcrop.proxy.Samples.blob;
import static io.outcrop.proxy.Samples.bytes;
import static io.outcrop.proxy.Samples.manifest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.outcrop.oci.Digest;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Whatever happens to what is on the disk, a client gets the right bytes, or is told to come again.
 */
final class EdgeDamageTest {

  private static final int SIZE = 3_000_000;
  private static final byte[] BLOB = blob(1, SIZE);
  private static final byte[] LARGE =
      blob(2, 24_000_000); // More than the kernel holds for a socket.
  private static final byte[] CONFIG = bytes("{}");
  private static final byte[] MANIFEST = manifest("damage", BLOB);
  private static final Logger LOGGER = Logger.getLogger("io.outcrop.storage.DamageHandler");

  @TempDir Path folder;
  private TestRegistry registry;
  private TestEdge edge;
  private StoreSurgeon surgeon;
  private Digest blob;
  private Digest manifest;
  private String blobPath;
  private String manifestPath;
  private final List<String> logged = new CopyOnWriteArrayList<>();
  private final Handler logHandler = new Collector();

  /** What can happen to a file, that its length shows. */
  enum Accident {
    DELETED,
    TRUNCATED,
    EMPTIED,
    REPLACED_BY_A_FOLDER;

    void befall(StoreSurgeon surgeon, Digest digest) throws IOException {
      switch (this) {
        case DELETED -> surgeon.delete(digest);
        case TRUNCATED -> surgeon.truncate(digest, SIZE - 1);
        case EMPTIED -> surgeon.truncate(digest, 0);
        case REPLACED_BY_A_FOLDER -> surgeon.replaceByFolder(digest);
      }
    }
  }

  @BeforeEach
  void start() throws IOException {
    registry = new TestRegistry();
    blob = registry.blob("org/app", BLOB);
    registry.blob("org/app", CONFIG);
    manifest = registry.manifest("org/app", "v1", MANIFEST);
    blobPath = "/v2/org/app/blobs/" + blob;
    manifestPath = "/v2/org/app/manifests/";
    // Without a heap cache, so that each read of small content reaches the database.
    edge =
        TestEdge.in(folder.resolve("data"))
            .memoryCache(0)
            .upstream("registry.test", registry.url())
            .start();
    surgeon = new StoreSurgeon(folder.resolve("data"));
    LOGGER.addHandler(logHandler);
    pull();
    // Clients have their bytes a little before these are kept, and only what is kept can be
    // damaged.
    await().until(() -> edge.metric("outcrop_fills_running") == 0);
    registry.forgetRequests();
  }

  @AfterEach
  void stop() throws IOException {
    LOGGER.removeHandler(logHandler);
    edge.close();
    registry.close();
  }

  @ParameterizedTest
  @EnumSource
  void fetchesAgainAtTheFirstRequest(Accident accident) throws IOException {
    accident.befall(surgeon, blob);

    assertServed();

    assertThat(registry.count("GET", "/blobs/")).isEqualTo(1);
    assertThat(edge.metric("outcrop_damaged_total", "finder=\"reader\"")).isEqualTo(1);
    registry.stop();
    assertServed();
  }

  @ParameterizedTest
  @EnumSource
  void fetchesAgainAtTheFirstRequestAfterAStart(Accident accident) throws IOException {
    edge.stop();
    accident.befall(surgeon, blob);
    edge.restart();

    assertServed();

    assertThat(registry.count("GET", "/blobs/")).isEqualTo(1);
    registry.stop();
    assertServed();
  }

  @ParameterizedTest
  @EnumSource
  void fetchesOnceForManyWhoAskAtTheSameTime(Accident accident) throws IOException {
    accident.befall(surgeon, blob);

    List<CompletableFuture<HttpResponse<byte[]>>> clients = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      clients.add(edge.getLater(blobPath));
    }

    for (CompletableFuture<HttpResponse<byte[]>> client : clients) {
      assertThat(client.join().statusCode()).isEqualTo(200);
      assertThat(client.join().body()).isEqualTo(BLOB);
    }
    assertThat(registry.count("GET", "/blobs/")).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void answersRangesOfWhatItFetchesAgain(Accident accident) throws IOException {
    accident.befall(surgeon, blob);

    HttpResponse<byte[]> response = edge.get(blobPath, "Range", "bytes=2000000-2000009");

    assertThat(response.statusCode()).isEqualTo(206);
    assertThat(response.body()).isEqualTo(java.util.Arrays.copyOfRange(BLOB, 2_000_000, 2_000_010));
  }

  @ParameterizedTest
  @EnumSource
  void saysComeAgainWhileTheUpstreamIsDown(Accident accident) throws IOException {
    accident.befall(surgeon, blob);
    registry.stop();

    for (int i = 0; i < 3; i++) {
      HttpResponse<byte[]> response = edge.get(blobPath);
      assertThat(response.statusCode()).isEqualTo(503);
      assertThat(response.headers().firstValue("Retry-After")).isPresent();
    }

    registry.start();
    awaitServed();
  }

  @Test
  void servesEverybodyWhileSomebodyStillReadsADeletedFile() throws IOException {
    try (RawHttp slow = RawHttp.slow(edge.port())) {
      slow.get(blobPath);
      assertThat(slow.readHead().status()).isEqualTo(200);
      surgeon.delete(blob);

      assertServed();

      assertThat(slow.bytes(SIZE)).isEqualTo(BLOB);
    }
  }

  @Test
  void fetchesAgainASmallBlobThatTheDatabaseHasLost() throws IOException {
    Digest config = Digest.sha256(CONFIG);
    edge.stop();
    surgeon.deleteBody(config);
    edge.restart();

    List<CompletableFuture<HttpResponse<byte[]>>> clients = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      clients.add(edge.getLater("/v2/org/app/blobs/" + config));
    }

    for (CompletableFuture<HttpResponse<byte[]>> client : clients) {
      assertThat(client.join().statusCode()).isEqualTo(200);
      assertThat(client.join().body()).isEqualTo(CONFIG);
    }
    assertThat(registry.count("GET", "/blobs/")).isEqualTo(1);
  }

  @Test
  void fetchesAgainAManifestThatTheDatabaseHasLost() throws IOException {
    for (String reference : List.of(manifest.toString(), "v1")) {
      registry.forgetRequests();
      edge.stop();
      surgeon.deleteBody(manifest);
      edge.restart();

      List<CompletableFuture<HttpResponse<byte[]>>> clients = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        clients.add(edge.getLater(manifestPath + reference));
      }

      for (CompletableFuture<HttpResponse<byte[]>> client : clients) {
        assertThat(client.join().statusCode()).as(reference).isEqualTo(200);
        assertThat(client.join().body()).isEqualTo(MANIFEST);
      }
      assertThat(registry.count("GET", "/manifests/")).as(reference).isBetween(1, 2);
      registry.stop();
      assertThat(edge.get(manifestPath + reference).body()).isEqualTo(MANIFEST);
      registry.start();
    }
  }

  @Test
  void neverServesAManifestThatTheDatabaseHasWrong() throws IOException {
    byte[] wrong = MANIFEST.clone();
    wrong[20]++;
    for (String reference : List.of(manifest.toString(), "v1")) {
      edge.stop();
      surgeon.setBody(manifest, wrong);
      edge.restart();

      HttpResponse<byte[]> response = edge.get(manifestPath + reference);

      assertThat(response.statusCode()).as(reference).isEqualTo(200);
      assertThat(response.body()).isEqualTo(MANIFEST);
    }
  }

  @Test
  void saysComeAgainForALostManifestWhileTheUpstreamIsDown() throws IOException {
    edge.stop();
    surgeon.deleteBody(manifest);
    registry.stop();
    edge.restart();

    for (String reference : List.of(manifest.toString(), "v1", manifest.toString())) {
      assertThat(edge.get(manifestPath + reference).statusCode()).as(reference).isEqualTo(503);
    }

    registry.start();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> edge.get(manifestPath + manifest).statusCode() == 200);
    assertThat(edge.get(manifestPath + "v1").body()).isEqualTo(MANIFEST);
  }

  @Test
  void aFlippedBitIsFoundByTheScrubAndFetchedAgainBeforeAnybodyAsks() throws Exception {
    surgeon.flip(blob, 1_234_567);

    scrub();

    await().until(() -> edge.metric("outcrop_repaired_total") == 1);
    assertThat(registry.count("GET", "/blobs/")).isEqualTo(1);
    registry.stop();
    assertServed();
    assertThat(edge.metric("outcrop_damaged_total", "finder=\"scrub\"", "kind=\"wrong_bytes\""))
        .isEqualTo(1);
    assertThat(edge.metric("outcrop_damaged_total")).isEqualTo(1);
    assertThat(edge.metric("outcrop_repaired_bytes_total")).isEqualTo(SIZE);
    assertThat(edge.metric("outcrop_quarantine_content")).isEqualTo(1);
    assertThat(edge.metric("outcrop_quarantine_bytes")).isEqualTo(SIZE);
    assertThat(logged)
        .singleElement()
        .asString()
        .contains(blob.toString())
        .contains(surgeon.file(blob).toString())
        .contains("its bytes are not those of its digest")
        .contains("fetched again")
        .contains("quarantine/");
    JsonNode state = json("/admin/v1/scrub");
    assertThat(state.path("last").path("damaged").asInt(-1)).isEqualTo(1);
    assertThat(state.path("damaged")).isEmpty();
    assertThat(state.path("quarantine").get(0).path("digest").asString(""))
        .isEqualTo(blob.toString());
    assertThat(quarantined()).containsExactly(state.at("/quarantine/0/name").asString(""));
  }

  @Test
  void afterTheScrubAFlippedBitIsNeverServed_alsoWhileTheUpstreamIsDown() throws Exception {
    registry.stop();
    surgeon.flip(blob, 0);

    scrub();

    for (int i = 0; i < 5; i++) {
      assertThat(edge.get(blobPath).statusCode()).isEqualTo(503);
    }
    edge.restart();
    assertThat(edge.get(blobPath).statusCode()).isEqualTo(503);
    JsonNode waiting = json("/admin/v1/scrub").path("damaged");
    assertThat(waiting).hasSize(1);
    assertThat(waiting.get(0).path("digest").asString("")).isEqualTo(blob.toString());
    assertThat(waiting.get(0).path("kind").asString("")).isEqualTo("wrong_bytes");
    assertThat(edge.metric("outcrop_repair_waiting")).isEqualTo(1);

    registry.start();

    await().atMost(Duration.ofSeconds(30)).until(() -> edge.metric("outcrop_repaired_total") == 1);
    assertThat(json("/admin/v1/scrub").path("damaged")).isEmpty();
    assertThat(edge.metric("outcrop_repair_waiting")).isZero();
    assertServed();
    assertThat(registry.count("GET", "/blobs/")).isEqualTo(1);
  }

  @Test
  void whoReadsWhatRottedIsCut() throws Exception {
    Digest digest = registry.blob("org/app", LARGE);
    String path = "/v2/org/app/blobs/" + digest;
    assertThat(edge.get(path).body()).isEqualTo(LARGE);
    await().until(() -> edge.metric("outcrop_fills_running") == 0);
    try (RawHttp slow = RawHttp.slow(edge.port());
        RawHttp slowToo = RawHttp.slow(edge.port())) {
      slow.get(path);
      assertThat(slow.readHead().status()).isEqualTo(200);
      slowToo.get(path, "Range: bytes=0-10,1000-");
      assertThat(slowToo.readHead().status()).isEqualTo(206);
      surgeon.flip(digest, LARGE.length - 1);

      scrub();

      // What the kernel had taken still comes, which is far from all.
      assertThat(slow.drain()).isLessThan(LARGE.length);
      assertThat(slowToo.drain()).isLessThan(LARGE.length - 1000);
    }
    await().until(() -> edge.metric("outcrop_repaired_total") == 1);
    assertThat(edge.get(path).body()).isEqualTo(LARGE);
  }

  @Test
  void whoStillReadsFromTheFillThatBroughtItIsCutToo() throws Exception {
    Digest digest = registry.blob("org/app", LARGE);
    try (RawHttp slow = RawHttp.slow(edge.port())) {
      slow.get("/v2/org/app/blobs/" + digest);
      assertThat(slow.readHead().status()).isEqualTo(200);
      await().until(() -> edge.metric("outcrop_fills_running") == 0);
      surgeon.flip(digest, LARGE.length - 1);

      scrub();

      assertThat(slow.drain()).isLessThan(LARGE.length);
    }
  }

  @Test
  void repairsAManifestAsAManifest() throws Exception {
    edge.stop();
    surgeon.setBody(manifest, blob(3, MANIFEST.length));
    edge.restart();

    scrub();

    await().until(() -> edge.metric("outcrop_repaired_total") == 1);
    registry.stop();
    HttpResponse<byte[]> response = edge.get(manifestPath + manifest);
    assertThat(response.body()).isEqualTo(MANIFEST);
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValue("application/vnd.oci.image.manifest.v1+json");
    assertThat(registry.count("GET", "/blobs/")).isZero();
  }

  @Test
  void triesAnotherRepositoryThatHasIt() throws Exception {
    registry.blob("org/copy", BLOB);
    registry.forgetRequests();
    assertThat(edge.get("/v2/org/copy/blobs/" + blob).statusCode()).isEqualTo(200);
    registry.fault(
        (request, reply) -> request.is("GET", "/v2/org/app/blobs/") && reply.send(404, "{}"));
    surgeon.flip(blob, 7);

    scrub();

    await().until(() -> edge.metric("outcrop_repaired_total") == 1);
    assertThat(registry.count("GET", "/v2/org/copy/blobs/")).isEqualTo(1);
  }

  @Test
  void givesUpWhatNobodyHasAnyMore() throws Exception {
    registry.fault((request, reply) -> request.is("GET", "/blobs/") && reply.send(404, "{}"));
    surgeon.flip(blob, 7);

    scrub();

    await().until(() -> edge.metric("outcrop_damaged_lost_total") == 1);
    assertThat(json("/admin/v1/scrub").path("damaged")).isEmpty();
    assertThat(edge.metric("outcrop_repaired_total")).isZero();
    registry.heal();
    assertServed(); // It came back after all, and is asked for.
  }

  @Test
  void countsAsRepairedWhatAClientHasFetchedMeanwhile() throws Exception {
    surgeon.flip(blob, 7);
    registry.fault((request, reply) -> request.is("GET", "/blobs/") && reply.send(503, "{}"));
    scrub();
    assertThat(edge.get(blobPath).statusCode()).isEqualTo(503);
    registry.heal();

    awaitServed();

    await().atMost(Duration.ofSeconds(30)).until(() -> edge.metric("outcrop_repaired_total") == 1);
    assertThat(json("/admin/v1/scrub").path("damaged")).isEmpty();
  }

  @Test
  void aPauseIsShownAndHeldOverARestart() throws Exception {
    assertThat(json("/admin/v1/scrub").path("activity").asString("")).isEqualTo("idle");

    HttpResponse<byte[]> paused = edge.send(scrubRequest().DELETE().build());

    assertThat(paused.statusCode()).isEqualTo(200);
    edge.restart();
    assertThat(json("/admin/v1/scrub").path("activity").asString("")).isEqualTo("paused");
    assertThat(edge.metric("outcrop_scrub_activity", "activity=\"paused\"")).isEqualTo(1);
    scrub();
    assertThat(edge.metric("outcrop_scrub_activity", "activity=\"paused\"")).isZero();
    assertThat(edge.metric("outcrop_scrub_bytes_total")).isGreaterThan(SIZE);
    assertThat(edge.metric("outcrop_scrub_content_total")).isEqualTo(3);
    assertThat(edge.metric("outcrop_scrub_completed_seconds")).isPositive();
  }

  @Test
  void scrub_forPeopleAndPrograms() throws Exception {
    surgeon.flip(blob, 7);
    registry.stop();

    CommandRun waited = CommandRun.of("scrub", "--now", "--wait", "--admin", edge.adminUrl());

    assertThat(waited.exitCode()).isEqualTo(1);
    assertThat(waited.err()).contains("found 1 damaged").hasLineCount(1);
    assertThat(waited.out().lines())
        .anyMatch(line -> line.startsWith("scrub: idle, at most 4 GiB a second"))
        .anyMatch(line -> line.matches("last pass, .*: 3 pieces of content, .* 1 damaged"))
        .anyMatch(line -> line.matches(blob + " +2.9 MiB +wrong bytes +scrub +.*"))
        .anyMatch(line -> line.matches(".*Z-sha256-" + blob.hex() + " +2.9 MiB"));
    CommandRun paused = CommandRun.of("scrub", "--pause", "--json", "--admin", edge.adminUrl());
    assertThat(JsonMapper.shared().readTree(paused.out()).path("activity").asString(""))
        .isEqualTo("paused");
    assertThat(paused.exitCode()).isZero();
    assertThat(CommandRun.of("scrub", "--pause", "--wait").exitCode()).isEqualTo(2);
    assertThat(CommandRun.of("scrub", "--pause", "--now").exitCode()).isEqualTo(2);
  }

  private void pull() throws IOException {
    assertThat(edge.get(manifestPath + "v1").body()).isEqualTo(MANIFEST);
    assertThat(edge.get("/v2/org/app/blobs/" + Digest.sha256(CONFIG)).body()).isEqualTo(CONFIG);
    assertServed();
    await().until(() -> edge.metric("outcrop_fills_running") == 0);
    await().until(() -> edge.metric("outcrop_store_content") == 3);
  }

  private void assertServed() throws IOException {
    HttpResponse<byte[]> response = edge.get(blobPath);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo(BLOB);
  }

  private void awaitServed() {
    await().atMost(Duration.ofSeconds(20)).untilAsserted(this::assertServed);
  }

  /** Runs a pass of the scrub to its end. */
  private void scrub() throws IOException {
    HttpResponse<byte[]> begun =
        edge.send(
            scrubRequest()
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.noBody())
                .build());
    assertThat(begun.statusCode()).isEqualTo(200);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> json("/admin/v1/scrub").path("activity").asString("").equals("idle"));
  }

  private HttpRequest.Builder scrubRequest() {
    return HttpRequest.newBuilder(java.net.URI.create(edge.adminUrl() + "/admin/v1/scrub"));
  }

  private JsonNode json(String path) throws IOException {
    return JsonMapper.shared().readTree(edge.admin(path));
  }

  private List<String> quarantined() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("data/quarantine"))) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private final class Collector extends Handler {
    @Override
    public void publish(LogRecord record) {
      String text = new java.util.logging.SimpleFormatter().formatMessage(record);
      if (text.contains(folder.toString())) { // Other tests run at the same time.
        logged.add(text);
      }
    }

    @Override
    public void flush() {
      // Nothing is held back.
    }

    @Override
    public void close() {
      // Nothing to close.
    }
  }
}

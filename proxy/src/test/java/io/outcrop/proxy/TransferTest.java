package io.outcrop.proxy;

import static io.outcrop.proxy.Samples.blob;
import static io.outcrop.proxy.Samples.bytes;
import static io.outcrop.proxy.Samples.manifest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Images carried by hand from one edge to another that has no upstream to ask. */
final class TransferTest {

  private static final byte[] CONFIG = bytes("{}");
  private static final byte[] BASE = blob(1, 1_500_000);
  private static final byte[] AMD64 = blob(2, 300_000);
  private static final byte[] ARM64 = blob(3, 200_000);
  private static final byte[] APP = manifest("app", BASE, AMD64);
  private static final byte[] AMD64_MANIFEST = manifest("amd64", BASE, AMD64);
  private static final byte[] ARM64_MANIFEST = manifest("arm64", ARM64);
  private static final byte[] MULTI = multi();
  private static final byte[] SIGNATURE = referrer(AMD64_MANIFEST, "signature");

  @TempDir Path folder;
  private TestRegistry registry;
  private TestEdge near;
  private TestEdge far;

  @BeforeEach
  void start() throws IOException {
    registry = new TestRegistry();
    push("org/app", CONFIG, BASE, AMD64, ARM64);
    registry.manifest("org/app", "1", APP);
    registry.manifest("org/app", "arm", ARM64_MANIFEST);
    registry.manifest("org/app", "amd", AMD64_MANIFEST);
    registry.manifest("org/app", "multi", MULTI, MediaType.OCI_INDEX);
    near = TestEdge.in(folder.resolve("near")).upstream("registry.test", registry.url()).start();
    far = far(64 << 20);
  }

  /** An edge whose upstream is a port where nobody listens. */
  private TestEdge far(long capacity) throws IOException {
    return TestEdge.in(folder.resolve("far" + capacity))
        .capacity(capacity)
        .upstream("registry.test", "http://127.0.0.1:1")
        .start();
  }

  @AfterEach
  void stop() throws IOException {
    near.close();
    far.close();
    registry.close();
  }

  @Test
  void folder_thenPullsWithoutAnUpstream() throws Exception {
    pull("1", CONFIG, BASE, AMD64);
    Path layout = folder.resolve("stick");

    CommandRun exported = export("registry.test/org/app:1", "--to", layout.toString());
    assertThat(exported.exitCode()).as(exported.err()).isZero();
    assertThat(exported.out()).isEmpty();
    assertThat(exported.err()).contains("registry.test/org/app:1 (", "1 image in");
    CommandRun imported = bring(layout.toString());
    assertThat(imported.exitCode()).as(imported.err()).isZero();

    assertServes("1", APP, CONFIG, BASE, AMD64);
    far.stop();
    far.restart();
    assertServes("1", APP, CONFIG, BASE, AMD64);
  }

  @Test
  void tarFile_thenPullsWithoutAnUpstream() throws Exception {
    pull("1", CONFIG, BASE, AMD64);
    Path tar = folder.resolve("app.tar");

    assertThat(export("org/app:1", "--to", tar.toString()).exitCode()).isZero();
    assertThat(bring(tar.toString()).exitCode()).isZero();

    assertServes("1", APP, CONFIG, BASE, AMD64);
  }

  @Test
  void bothWays_areIdempotentAndTheSameBytesEachTime() throws Exception {
    pull("1", CONFIG, BASE, AMD64);
    Path tar = folder.resolve("app.tar");
    Path other = folder.resolve("other.tar");
    export("org/app:1", "--to", tar.toString());
    export("org/app:1", "--to", other.toString());
    assertThat(tar).hasSameBinaryContentAs(other);

    JsonNode first = json(bring(tar.toString(), "--json"));
    assertThat(first.path("sentBytes").asLong(0)).isGreaterThan(1_800_000);
    JsonNode second = json(bring(tar.toString(), "--json"));
    assertThat(second.path("sentBytes").asLong(-1)).isLessThan(2_000);
    assertThat(second.path("heldBytes").asLong(0)).isGreaterThan(1_800_000);

    Path layout = folder.resolve("stick");
    JsonNode written = json(export("org/app:1", "--to", layout.toString(), "--json"));
    assertThat(written.path("foundBytes").asLong(-1)).isZero();
    JsonNode again = json(export("org/app:1", "--to", layout.toString(), "--json", "--verify"));
    assertThat(again.path("writtenBytes").asLong(-1)).isZero();
    assertThat(again.path("images").path(0).path("image").asString(""))
        .isEqualTo("registry.test/org/app:1");
  }

  @Test
  void folder_takesFurtherImages() throws Exception {
    pull("1", CONFIG, BASE, AMD64);
    pull("arm", CONFIG, ARM64);
    Path layout = folder.resolve("stick");
    export("org/app:1", "--to", layout.toString());
    assertThat(export("org/app:arm", "--to", layout.toString()).exitCode()).isZero();

    assertThat(bring(layout.toString()).err()).contains("2 images");

    assertServes("1", APP, BASE, AMD64);
    assertServes("arm", ARM64_MANIFEST, ARM64);
  }

  @Test
  void index_goesWithThePlatformsThatAreHeldWhole() throws Exception {
    near.get("/v2/org/app/manifests/multi");
    near.get("/v2/org/app/manifests/" + Digest.sha256(AMD64_MANIFEST));
    near.get("/v2/org/app/manifests/" + Digest.sha256(ARM64_MANIFEST));
    pullBlobs(CONFIG, BASE, AMD64);
    Path layout = folder.resolve("stick");

    CommandRun exported = export("org/app:multi", "--to", layout.toString());
    assertThat(exported.err()).contains("linux/amd64").contains("not held whole: linux/arm64");
    JsonNode imported = json(bring(layout.toString(), "--json"));

    assertThat(imported.at("/images/0/platforms/0").asString("")).isEqualTo("linux/amd64");
    assertThat(imported.at("/images/0/platformsAbsent/0").asString("")).isEqualTo("linux/arm64");
    assertServes("multi", MULTI, BASE, AMD64);
    assertThat(far.get("/v2/org/app/manifests/" + Digest.sha256(AMD64_MANIFEST)).body())
        .isEqualTo(AMD64_MANIFEST);
    assertThat(far.get("/v2/org/app/manifests/" + Digest.sha256(ARM64_MANIFEST)).statusCode())
        .isEqualTo(503);

    CommandRun both =
        export("org/app:multi", "--to", layout.toString(), "--platform", "linux/amd64,linux/arm64");
    assertThat(both.exitCode()).isEqualTo(1);
    assertThat(both.err()).contains("not held whole", "linux/arm64: layer " + Digest.sha256(ARM64));
    pullBlobs(ARM64);
    assertThat(
            export("org/app:multi", "--to", layout.toString(), "--platform", "linux/arm64")
                .exitCode())
        .isZero();
    assertThat(
            export("org/app:multi", "--to", layout.toString(), "--platform", "linux/s390x").err())
        .contains("no such platform", "linux/amd64, linux/arm64");
  }

  @Test
  void incompleteImages_areRefusedWithWhatIsMissingUnlessAskedFor() throws Exception {
    pull("1", CONFIG, BASE);
    Path layout = folder.resolve("stick");

    CommandRun refused = export("org/app:1", "--to", layout.toString());
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err())
        .contains("registry.test/org/app:1: not held whole", "layer " + Digest.sha256(AMD64))
        .doesNotContain(Digest.sha256(BASE).toString());
    assertThat(layout).doesNotExist();
    pull("arm", CONFIG, ARM64);
    CommandRun everything = export("--all", "--to", layout.toString());
    assertThat(everything.exitCode()).isZero();
    assertThat(everything.err()).contains("left out: registry.test/org/app:1", "1 image in");

    assertThat(export("org/app:1", "--to", layout.toString(), "--allow-incomplete").exitCode())
        .isZero();
    CommandRun lacking = bring(layout.toString());
    assertThat(lacking.exitCode()).isEqualTo(1);
    assertThat(lacking.err())
        .contains("neither the layout nor the edge has", Digest.sha256(AMD64).toString());
  }

  @Test
  void unknownImages_areNotFound() {
    CommandRun run = export("org/app:1", "--to", folder.resolve("x").toString());
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).hasLineCount(1);
    assertThat(export("--all", "--to", folder.resolve("x").toString()).exitCode()).isEqualTo(3);
    assertThat(export("--to", folder.resolve("x").toString()).exitCode()).isEqualTo(2);
    assertThat(export("org/app:1", "--all", "--to", "x").exitCode()).isEqualTo(2);
  }

  @Test
  void whatRefersToAnImage_goesWithIt() throws Exception {
    registry.manifest("org/app", "unused", SIGNATURE);
    registry.referrers(
        "org/app", Digest.sha256(AMD64_MANIFEST), Samples.index(MediaType.OCI_INDEX, SIGNATURE));
    pull("amd", CONFIG, BASE, AMD64);
    near.get("/v2/org/app/referrers/" + Digest.sha256(AMD64_MANIFEST));
    near.get("/v2/org/app/manifests/" + Digest.sha256(SIGNATURE));
    Path tar = folder.resolve("signed.tar");

    assertThat(export("org/app:amd", "--to", tar.toString()).err()).contains("1 referrer)");
    assertThat(bring(tar.toString()).exitCode()).isZero();

    HttpResponse<byte[]> listed = far.get("/v2/org/app/referrers/" + Digest.sha256(AMD64_MANIFEST));
    assertThat(listed.statusCode()).isEqualTo(200);
    assertThat(JsonMapper.shared().readTree(listed.body()).at("/manifests/0/digest").asString(""))
        .isEqualTo(Digest.sha256(SIGNATURE).toString());
    assertThat(far.get("/v2/org/app/manifests/" + Digest.sha256(SIGNATURE)).body())
        .isEqualTo(SIGNATURE);
  }

  @Test
  void aCutExport_isGoneOnWith() throws Exception {
    pull("1", CONFIG, BASE, AMD64);
    Path layout = folder.resolve("stick");
    export("org/app:1", "--to", layout.toString());
    // As a kill leaves it: one blob gone, one half there, the index not yet written.
    Path base = layout.resolve("blobs/sha256/" + Digest.sha256(BASE).hex());
    Path incoming = Files.createDirectory(layout.resolve(".incoming"));
    byte[] half = Arrays.copyOf(BASE, 1_000_000);
    Files.write(incoming.resolve("sha256-" + Digest.sha256(BASE).hex()), half);
    Files.delete(base);

    JsonNode result = json(export("org/app:1", "--to", layout.toString(), "--json"));

    assertThat(result.path("writtenBytes").asLong(0)).isEqualTo(BASE.length - half.length);
    assertThat(base).hasBinaryContent(BASE);
    assertThat(incoming).doesNotExist();
  }

  @Test
  void whatRottedInALayout_isFoundByVerifying() throws Exception {
    pull("1", CONFIG, BASE, AMD64);
    Path layout = folder.resolve("stick");
    export("org/app:1", "--to", layout.toString());
    Path base = layout.resolve("blobs/sha256/" + Digest.sha256(BASE).hex());
    flip(base, 1_000_000);

    CommandRun refused = bring(layout.toString());
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err()).contains("wrong bytes", Digest.sha256(BASE).toString());
    assertThat(far.get("/v2/org/app/manifests/1").statusCode()).isEqualTo(503);
    assertThat(export("org/app:1", "--to", layout.toString()).exitCode()).isZero();
    assertThat(bring(layout.toString()).exitCode()).isEqualTo(1);

    assertThat(export("org/app:1", "--to", layout.toString(), "--verify").exitCode()).isZero();
    assertThat(bring(layout.toString()).exitCode()).isZero();
    assertServes("1", APP, CONFIG, BASE, AMD64);
  }

  @Test
  void brokenLayouts_areExplainedAndNothingIsNamed() throws Exception {
    pull("1", CONFIG, BASE, AMD64);
    Path tar = folder.resolve("app.tar");
    export("org/app:1", "--to", tar.toString());
    byte[] whole = Files.readAllBytes(tar);
    for (int length : new int[] {0, 700, 3_000, 500_000, whole.length - 3_000}) {
      Files.write(tar, Arrays.copyOf(whole, length));
      CommandRun run = bring(tar.toString());
      assertThat(run.exitCode()).as("cut at %d", length).isEqualTo(1);
      assertThat(run.err()).as("cut at %d", length).startsWith("outcrop: ").hasLineCount(1);
    }
    assertThat(bring(folder.resolve("none").toString()).err()).contains("no such file");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertThat(bring(empty.toString()).err()).contains("no file oci-layout");
    Files.writeString(empty.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    assertThat(bring(empty.toString()).err()).contains("no file index.json");
    assertThat(far.get("/v2/org/app/manifests/1").statusCode()).isEqualTo(503);
  }

  @Test
  void whatCannotFit_isRefusedBeforeTheFirstByte() throws Exception {
    pull("1", CONFIG, BASE, AMD64);
    Path tar = folder.resolve("app.tar");
    export("org/app:1", "--to", tar.toString());
    try (TestEdge small = far(1 << 20)) {
      CommandRun run = CommandRun.of("import", tar.toString(), "--admin", small.adminUrl());
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).contains("storage.capacity").hasLineCount(1);
      assertThat(small.metric("outcrop_store_content")).isZero();
    }
  }

  @Test
  void layoutsOfOthers_areNamedByTheOperator() throws Exception {
    pull("1", CONFIG, BASE, AMD64);
    Path layout = folder.resolve("stick");
    export("org/app:1", "--to", layout.toString());
    Path index = layout.resolve("index.json");
    Files.writeString(index, Files.readString(index).replace("registry.test/org/app:1", "1"));

    CommandRun nameless = bring(layout.toString());
    assertThat(nameless.exitCode()).isEqualTo(1);
    assertThat(nameless.err()).contains("'1'", "--as");
    assertThat(bring(layout.toString(), "--as", "app").exitCode()).isEqualTo(2);
    assertThat(bring(layout.toString(), "--as", "elsewhere.test/org/app").err())
        .contains("elsewhere.test", "not among the configured upstreams");

    assertThat(bring(layout.toString(), "--as", "registry.test/org/app:one").exitCode()).isZero();
    assertThat(bring(layout.toString(), "--as", "registry.test/org/other").exitCode()).isZero();
    assertServes("one", APP, BASE);
    assertThat(far.get("/v2/org/other/manifests/1").body()).isEqualTo(APP);
    assertThat(far.get("/v2/org/other/blobs/" + Digest.sha256(BASE)).body()).isEqualTo(BASE);
  }

  @Test
  void tags_areNotSetBack() throws Exception {
    pull("1", CONFIG, BASE, AMD64);
    Path old = folder.resolve("old.tar");
    export("org/app:1", "--to", old.toString());
    byte[] newer = manifest("newer", BASE, AMD64);
    registry.manifest("org/app", "1", newer);
    near.clock().advance(Duration.ofHours(2));
    pull("1", CONFIG, BASE, AMD64);
    Path recent = folder.resolve("recent.tar");
    export("org/app:1", "--to", recent.toString());
    far.clock().advance(Duration.ofHours(3));

    assertThat(bring(recent.toString()).exitCode()).isZero();
    CommandRun kept = bring(old.toString());
    assertThat(kept.exitCode()).isZero();
    assertThat(kept.err()).contains("goes on meaning " + Digest.sha256(newer));
    assertThat(far.get("/v2/org/app/manifests/1").body()).isEqualTo(newer);

    assertThat(bring(old.toString(), "--force").exitCode()).isZero();
    assertThat(far.get("/v2/org/app/manifests/1").body()).isEqualTo(APP);
  }

  @Test
  void pinned_imagesAreKept() throws Exception {
    pull("1", CONFIG, BASE, AMD64);
    Path tar = folder.resolve("app.tar");
    export("org/app:1", "--to", tar.toString());

    CommandRun run = bring(tar.toString(), "--pin");

    assertThat(run.exitCode()).as(run.err()).isZero();
    JsonNode pins = JsonMapper.shared().readTree(far.admin("/admin/v1/pins"));
    assertThat(pins.at("/pins/0/image").asString("")).isEqualTo("registry.test/org/app:1");
    assertThat(pins.at("/pins/0/state").asString("")).isEqualTo("complete");
  }

  @Test
  void privateContent_staysPrivate() throws Exception {
    byte[] secret = blob(7, 400_000);
    byte[] image = manifest("secret", secret);
    registry.requireLogin("org/secret");
    registry.blob("org/secret", CONFIG);
    registry.blob("org/secret", secret);
    registry.manifest("org/secret", "1", image);
    near.close();
    near =
        TestEdge.in(folder.resolve("near"))
            .login("user", "password")
            .upstream("registry.test", registry.url())
            .start();
    near.get("/v2/org/secret/manifests/1");
    for (byte[] blob : List.of(CONFIG, secret)) {
      assertThat(near.get("/v2/org/secret/blobs/" + Digest.sha256(blob)).statusCode())
          .isEqualTo(200);
    }
    Path tar = folder.resolve("secret.tar");
    assertThat(export("org/secret:1", "--to", tar.toString()).exitCode()).isZero();
    assertThat(bring(tar.toString()).exitCode()).isZero();

    assertThat(far.get("/v2/org/secret/blobs/" + Digest.sha256(secret)).body()).isEqualTo(secret);
    // A layout whose manifest merely names it gets nothing of it.
    Path thief = folder.resolve("thief");
    Files.createDirectories(thief.resolve("blobs/sha256"));
    byte[] claim = manifest("thief", secret);
    Files.write(thief.resolve("blobs/sha256/" + Digest.sha256(claim).hex()), claim);
    Files.write(thief.resolve("blobs/sha256/" + Digest.sha256(CONFIG).hex()), CONFIG);
    Files.writeString(thief.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    Files.writeString(
        thief.resolve("index.json"),
        "{\"schemaVersion\":2,\"manifests\":["
            + Samples.descriptor(MediaType.OCI_MANIFEST.value(), claim)
            + "]}");
    CommandRun stolen = bring(thief.toString(), "--as", "registry.test/org/thief:1");
    assertThat(stolen.exitCode()).isEqualTo(1);
    assertThat(stolen.err()).contains("neither the layout nor the edge has");
    assertThat(far.get("/v2/org/thief/blobs/" + Digest.sha256(secret)).statusCode()).isEqualTo(503);
  }

  @Test
  void privateContent_isGivenToEachRepositoryItWasCarriedFor() throws Exception {
    pull("1", CONFIG, BASE, AMD64);
    Path tar = folder.resolve("app.tar");
    export("org/app:1", "--to", tar.toString());
    assertThat(bring(tar.toString(), "--private").exitCode()).isZero();

    // One layout, two repositories, of which the edge gives what it holds to one only.
    Path layout = folder.resolve("stick");
    export("org/app:1", "--to", layout.toString());
    Path index = layout.resolve("index.json");
    String entry = Files.readString(index).replaceFirst(".*\"manifests\":\\[(.*)].*", "$1");
    Files.writeString(
        index,
        "{\"schemaVersion\":2,\"manifests\":["
            + entry
            + ','
            + entry.replace("org/app:1", "org/other:1")
            + "]}");
    JsonNode both = json(bring(layout.toString(), "--json"));

    assertThat(both.path("sentBytes").asLong(0)).isGreaterThan(BASE.length);
    assertThat(far.get("/v2/org/other/blobs/" + Digest.sha256(BASE)).body()).isEqualTo(BASE);
    assertServes("1", APP, BASE);
  }

  private CommandRun export(String... arguments) {
    return run("export", near, arguments);
  }

  private CommandRun bring(String... arguments) {
    return run("import", far, arguments);
  }

  private static CommandRun run(String verb, TestEdge edge, String... arguments) {
    return CommandRun.of(
        Stream.of(List.of(verb), List.of(arguments), List.of("--admin", edge.adminUrl()))
            .flatMap(List::stream)
            .toArray(String[]::new));
  }

  private static JsonNode json(CommandRun run) {
    assertThat(run.exitCode()).as(run.err()).isZero();
    return JsonMapper.shared().readTree(run.out());
  }

  private void push(String repository, byte[]... blobs) {
    for (byte[] blob : blobs) {
      registry.blob(repository, blob);
    }
  }

  private void pull(String tag, byte[]... blobs) throws IOException {
    assertThat(near.get("/v2/org/app/manifests/" + tag).statusCode()).isEqualTo(200);
    pullBlobs(blobs);
  }

  private void pullBlobs(byte[]... blobs) throws IOException {
    for (byte[] blob : blobs) {
      assertThat(near.get("/v2/org/app/blobs/" + Digest.sha256(blob)).body()).isEqualTo(blob);
    }
    await().until(() -> near.metric("outcrop_fills_running") == 0);
  }

  private void assertServes(String tag, byte[] manifest, byte[]... blobs) throws IOException {
    HttpResponse<byte[]> answer = far.get("/v2/org/app/manifests/" + tag);
    assertThat(answer.statusCode()).as(tag).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(manifest);
    for (byte[] blob : blobs) {
      assertThat(far.get("/v2/org/app/blobs/" + Digest.sha256(blob)).body()).isEqualTo(blob);
    }
  }

  private static void flip(Path file, int at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[at] ^= 1;
    Files.write(file, bytes, StandardOpenOption.TRUNCATE_EXISTING);
  }

  private static byte[] multi() {
    return """
    {"schemaVersion":2,"mediaType":"%s","manifests":[%s,%s]}\
    """
        .formatted(
            MediaType.OCI_INDEX,
            platform(AMD64_MANIFEST, "amd64"),
            platform(ARM64_MANIFEST, "arm64"))
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String platform(byte[] manifest, String architecture) {
    String descriptor = Samples.descriptor(MediaType.OCI_MANIFEST.value(), manifest);
    return descriptor.substring(0, descriptor.length() - 1)
        + ",\"platform\":{\"os\":\"linux\",\"architecture\":\""
        + architecture
        + "\"}}";
  }

  private static byte[] referrer(byte[] subject, String kind) {
    return """
    {"schemaVersion":2,"mediaType":"%s","artifactType":"application/vnd.test","config":%s,\
    "layers":[],"subject":%s,"annotations":{"kind":"%s"}}\
    """
        .formatted(
            MediaType.OCI_MANIFEST,
            Samples.descriptor("application/vnd.oci.empty.v1+json", CONFIG),
            Samples.descriptor(MediaType.OCI_MANIFEST.value(), subject),
            kind)
        .getBytes(StandardCharsets.UTF_8);
  }
}

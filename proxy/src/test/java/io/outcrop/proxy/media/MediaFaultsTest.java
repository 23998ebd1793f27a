package io.outcrop.proxy.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.oci.Repository;
import io.outcrop.oci.Tag;
import io.outcrop.proxy.media.EdgeContent.Delivery;
import io.outcrop.proxy.media.ExportPlanner.Wanted;
import io.outcrop.storage.layout.LayoutBlobWriter;
import io.outcrop.storage.layout.LayoutIndex;
import io.outcrop.storage.layout.OciLayout;
import io.outcrop.storage.layout.TarLayoutWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong between an edge and a layout, either of which may change at any moment. */
final class MediaFaultsTest {

  private static final Repository APP = Repository.of("registry.test", "org/app");
  private static final byte[] CONFIG = "{}".getBytes(StandardCharsets.UTF_8);
  private static final byte[] BASE = noise(1, 200_000);
  private static final byte[] TOP = noise(2, 90_000);
  private static final byte[] ONE = manifest(BASE);
  private static final byte[] TWO = manifest(BASE, TOP);

  @TempDir Path folder;
  private final FakeEdge near = new FakeEdge();
  private final FakeEdge far = new FakeEdge();
  private final List<String> said = new ArrayList<>();

  private final class Noting implements Watch {
    @Override
    public void begin(String what, long bytes) {
      // Nothing to note.
    }

    @Override
    public void moved(long bytes) {
      // Nothing to note.
    }

    @Override
    public void say(String line) {
      said.add(line);
    }
  }

  @Test
  void anExportLeavesOutAnImageThatIsEvictedMeanwhile() throws Exception {
    ExportPlan plan = plan();
    near.held.remove(Digest.sha256(TOP));

    ExportResult result = export(plan);

    assertThat(result.failed()).containsOnlyKeys("registry.test/org/app:2");
    assertThat(said).singleElement().asString().contains("evicted", Digest.sha256(TOP).toString());
    assertThat(OciLayout.open(stick()).index().entries())
        .extracting(Descriptor::digest)
        .containsExactly(Digest.sha256(ONE));
    ExportTarget tar = new ExportTarget.TarFile(folder.resolve("x.tar"));
    assertThatThrownBy(() -> tar.export(near, plan, false, new Noting()))
        .hasMessageContaining("evicted");
    assertThat(folder.resolve("x.tar")).doesNotExist();
  }

  @Test
  void anExportWritesNothingThatTheEdgeGivesWrong() throws Exception {
    ExportPlan plan = plan();
    near.held.put(Digest.sha256(TOP), noise(3, TOP.length));

    assertThat(export(plan).failed().get("registry.test/org/app:2")).contains("have the digest");

    assertThat(OciLayout.open(stick()).size(Digest.sha256(TOP))).isEmpty();
    near.held.put(Digest.sha256(TOP), TOP);
    assertThat(export(plan).failed()).isEmpty();
  }

  @Test
  void anExportBeginsAgainWhereWhatWasLeftOfABlobIsWrong() throws Exception {
    OciLayout.create(stick()).close();
    Path incoming = Files.createDirectory(stick().resolve(".incoming"));
    Files.write(incoming.resolve("sha256-" + Digest.sha256(BASE).hex()), noise(4, 150_000));

    assertThat(export(plan()).failed()).isEmpty();

    assertThat(OciLayout.open(stick()).isIntact(Digest.sha256(BASE))).isTrue();
    assertThat(incoming).doesNotExist();
  }

  @Test
  void anImportBringsBlobsThenManifestsThenNames() throws Exception {
    bring(tar());

    for (byte[] blob : List.of(BASE, TOP, CONFIG)) {
      for (byte[] manifest : List.of(ONE, TWO)) {
        assertThat(far.changes)
            .containsSubsequence(
                "blob " + Digest.sha256(blob),
                "manifest " + Digest.sha256(manifest),
                "tag registry.test/org/app:1");
      }
    }
  }

  @Test
  void anImportWaitsForWhoBringsTheSame() throws Exception {
    far.next.addAll(List.of(new Delivery.Busy(), new Delivery.Busy()));

    assertThat(bring(tar()).evicted()).isZero();

    assertThat(far.held.get(Digest.sha256(BASE))).isEqualTo(BASE);
  }

  @Test
  void anImportBeginsAgainWhereWhatIsThereOfABlobIsWrong() throws Exception {
    far.partial.put(Digest.sha256(BASE), noise(5, 100_000));

    bring(tar());

    assertThat(far.held.get(Digest.sha256(BASE))).isEqualTo(BASE);
  }

  @Test
  void anImportGoesOnBehindWhatIsThere() throws Exception {
    far.partial.put(Digest.sha256(BASE), Arrays.copyOf(BASE, 100_000));
    far.partial.put(Digest.sha256(TOP), TOP);

    ImportResult result = bring(tar());

    assertThat(far.held.get(Digest.sha256(BASE))).isEqualTo(BASE);
    assertThat(far.held.get(Digest.sha256(TOP))).isEqualTo(TOP);
    assertThat(result.heldBytes()).isEqualTo(100_000 + TOP.length - 1);
  }

  @Test
  void anImportThatIsAlwaysTooLateGivesUp() {
    for (int i = 0; i < 100; i++) {
      far.next.add(new Delivery.Ahead(0));
    }

    assertThatThrownBy(() -> bring(tar()))
        .isInstanceOf(MediaException.class)
        .hasMessageContaining("as fast as it comes");
  }

  @Test
  void anImportThatCannotFitSendsNothing() {
    far.capacity = 100_000;

    assertThatThrownBy(() -> bring(tar())).hasMessageContaining("storage.capacity");

    assertThat(far.changes).isEmpty();
  }

  @Test
  void aPipeIsImportedAsItComes() throws Exception {
    byte[] tar = Files.readAllBytes(tar());
    far.partial.put(Digest.sha256(BASE), Arrays.copyOf(BASE, 100_000));

    ImportResult result = pipe(tar, Path.of("/nowhere"));

    assertThat(result.images()).hasSize(2);
    assertThat(far.held).containsKeys(Digest.sha256(TWO), Digest.sha256(BASE), Digest.sha256(TOP));
    assertThat(said).isEmpty();
  }

  @Test
  void aCutPipeNamesNothing() throws Exception {
    byte[] tar = Files.readAllBytes(tar());
    for (int length : new int[] {0, 1_600, 5_000, 150_000, tar.length - 50_000}) {
      assertThatThrownBy(() -> pipe(Arrays.copyOf(tar, length), folder))
          .as("cut at %d", length)
          .isInstanceOf(IOException.class);
      assertThat(far.tags).isEmpty();
    }
  }

  @Test
  void whatHasGoneByInAPipeIsAskedForByImportingAgain() throws Exception {
    byte[] tar = Files.readAllBytes(tar());
    far.partial.put(Digest.sha256(BASE), noise(6, 100_000));

    assertThatThrownBy(() -> pipe(tar, folder)).hasMessageContaining("import again");

    assertThat(pipe(tar, folder).images()).hasSize(2);
  }

  @Test
  void aPipeOfAnotherOrderIsKeptUntilItIsWhole() throws Exception {
    byte[] ours = Files.readAllBytes(tar());
    int index = behindIndex(ours);
    // As others write it: what we write first, last.
    ByteArrayOutputStream other = new ByteArrayOutputStream();
    other.write(ours, index, ours.length - 1024 - index);
    other.write(ours, 0, index);
    other.write(new byte[1024]);

    assertThat(pipe(other.toByteArray(), folder).images()).hasSize(2);

    assertThat(said).singleElement().asString().startsWith("kept in ");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).noneMatch(file -> file.getFileName().toString().contains("import"));
    }
  }

  @Test
  void anOrderThatOnlyBeginsLikeOursIsRefused() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarLayoutWriter tar = TarLayoutWriter.to(bytes)) {
      tar.begin(LayoutIndex.empty().with(entry(MediaType.OCI_MANIFEST, ONE)));
      for (byte[] content : List.of(BASE, CONFIG, ONE)) {
        tar.write(Digest.sha256(content), content.length, new ByteArrayInputStream(content));
      }
      tar.finish();
    }

    assertThatThrownBy(() -> pipe(bytes.toByteArray(), folder))
        .hasMessageContaining("does not have it");

    assertThat(far.changes).isEmpty();
  }

  @Test
  void blobsOfAnotherLengthAreRefused() throws Exception {
    assertThat(export(plan()).failed()).isEmpty();
    Files.write(stick().resolve("blobs/sha256/" + Digest.sha256(BASE).hex()), TOP);

    assertThatThrownBy(() -> bring(stick()))
        .hasMessageContaining(Digest.sha256(BASE) + " has 90000 bytes (expected: 200000");

    assertThat(far.changes).isEmpty();
  }

  @Test
  void indexesWithinIndexesAreBounded() throws Exception {
    OciLayout layout = OciLayout.create(stick());
    byte[] document = ONE;
    MediaType type = MediaType.OCI_MANIFEST;
    for (int depth = 0; depth < 8; depth++) {
      write(layout, document);
      document =
          bytes(
              "{\"schemaVersion\":2,\"manifests\":[%s]}"
                  .formatted(descriptor(type.value(), document)));
      type = MediaType.OCI_INDEX;
    }
    byte[] top = document;
    write(layout, top);
    layout.update(index -> index.with(entry(MediaType.OCI_INDEX, top)));

    assertThatThrownBy(() -> bring(stick())).hasMessageContaining("nested deeper than");
  }

  private ExportPlan plan() throws IOException {
    for (byte[] blob : List.of(CONFIG, BASE, TOP)) {
      var _ = near.hold(blob);
    }
    List<Wanted> wanted = new ArrayList<>();
    for (Map.Entry<String, byte[]> tagged : Map.of("1", ONE, "2", TWO).entrySet()) {
      Digest digest = near.hold(tagged.getValue(), MediaType.OCI_MANIFEST);
      wanted.add(new Wanted(ImageName.of(APP, new Tag(tagged.getKey())), digest, Optional.empty()));
    }
    return new ExportPlanner(near, new PlatformChoice.Held(), false).named(wanted);
  }

  private ExportResult export(ExportPlan plan) throws IOException {
    return new ExportTarget.Folder(stick()).export(near, plan, false, new Noting());
  }

  private Path tar() throws IOException {
    Path tar = folder.resolve("all.tar");
    var _ = new ExportTarget.TarFile(tar).export(near, plan(), false, new Noting());
    return tar;
  }

  private Path stick() {
    return folder.resolve("stick");
  }

  private ImportResult bring(Path path) throws IOException {
    return new ImportOrigin.InPath(path).importInto(far, options(), new Noting());
  }

  private ImportResult pipe(byte[] tar, Path spool) throws IOException {
    return new ImportOrigin.Pipe(new ByteArrayInputStream(tar), spool)
        .importInto(far, options(), new Noting());
  }

  private static ImportOrigin.Options options() {
    return new ImportOrigin.Options(NameRule.AS_IT_SAYS, false, false);
  }

  private static void write(OciLayout layout, byte[] content) throws IOException {
    try (LayoutBlobWriter writer = layout.write(Digest.sha256(content))) {
      writer.write(ByteBuffer.wrap(content));
      var _ = writer.commit();
    }
  }

  private static Descriptor entry(MediaType type, byte[] manifest) {
    return new Descriptor(
        type,
        Digest.sha256(manifest),
        manifest.length,
        Optional.empty(),
        Optional.empty(),
        Map.of(LayoutIndex.REFERENCE_NAME, "registry.test/org/app:1"),
        List.of());
  }

  private static byte[] noise(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static byte[] manifest(byte[]... layers) {
    return bytes(
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]}"
            .formatted(
                MediaType.OCI_MANIFEST,
                descriptor("application/vnd.oci.image.config.v1+json", CONFIG),
                String.join(
                    ",",
                    Arrays.stream(layers)
                        .map(layer -> descriptor("application/vnd.oci.image.layer.v1.tar", layer))
                        .toList())));
  }

  private static String descriptor(String type, byte[] content) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(type, Digest.sha256(content), content.length);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Where in a tar of ours the first file behind the index begins. */
  private static int behindIndex(byte[] tar) {
    String size = new String(tar, 1024 + 124, 11, StandardCharsets.US_ASCII);
    return 1024 + 512 + (Integer.parseInt(size, 8) + 511) / 512 * 512;
  }
}

package io.outcrop.proxy.refactor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.oci.Repository;
import io.outcrop.oci.Tag;
import io.outcrop.storage.ContentInfo.Origin;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.DerivedImage;
import io.outcrop.storage.DerivedImage.Kind;
import io.outcrop.storage.DerivedImage.Made;
import io.outcrop.storage.DerivedImage.Part;
import io.outcrop.storage.DerivedImage.Refused;
import io.outcrop.storage.MutableRecord;
import io.outcrop.storage.RecordKey;
import io.outcrop.storage.StoreOptions;
import io.outcrop.storage.TagAnswer;
import io.outcrop.storage.cache.LinkEstimate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is let go of, and what is not. */
final class UpkeepTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant LONG_AGO = NOW.minus(Duration.ofDays(31));
  private static final Repository REPOSITORY = Repository.of("docker.io", "library/app");
  private static final Tag TAG = new Tag("1");

  @TempDir Path folder;

  private ContentStore store;
  private RebuildCost costs;
  private Path indexes;

  @BeforeEach
  void open() throws IOException {
    store =
        ContentStore.open(
            new StoreOptions(folder.resolve("store"), 1 << 24, 1 << 20, InstantSource.fixed(NOW)));
    costs = new RebuildCost(new LinkEstimate());
    indexes = Files.createDirectories(folder.resolve("indexes"));
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void keeps_whatTheTagStillMeans() throws Exception {
    DerivedImage image = made("source", LONG_AGO);
    answer(image, LONG_AGO);
    confirm(image.source());

    upkeep().run();

    assertThat(store.derived().find(image.source(), "recipe")).contains(image);
    assertThat(store.answers().find(REPOSITORY, TAG, image.source())).isPresent();
    assertThat(store.derived().note("layer-source")).isPresent();
  }

  @Test
  void keeps_whatWasAnsweredNotLongAgo() throws Exception {
    DerivedImage image = made("source", LONG_AGO);
    answer(image, NOW.minus(Duration.ofDays(29)));

    upkeep().run();

    assertThat(store.derived().withRoot(root(image))).contains(image);
  }

  @Test
  void keeps_whatIsHere() throws Exception {
    DerivedImage image = made("source", LONG_AGO);
    store.put(
        root(image),
        "root of source".getBytes(UTF_8),
        MediaType.OCI_MANIFEST,
        Origin.PRIVATE,
        List.of());

    upkeep().run();

    assertThat(store.derived().withRoot(root(image))).contains(image);
  }

  @Test
  void forgets_whatNobodyWillAskFor() throws Exception {
    DerivedImage image = made("source", LONG_AGO);
    DerivedImage recent = made("recent", NOW);
    costs.know(List.of(image, recent));
    answer(image, LONG_AGO);
    confirm(Digest.sha256("moved".getBytes(UTF_8)));
    double before = costs.seconds(layer("source"), 1_000);

    upkeep().run();

    assertThat(store.derived().all()).containsExactly(recent);
    assertThat(store.derived().withRoot(root(image))).isEmpty();
    assertThat(store.derived().withPart(layer("source"))).isEmpty();
    assertThat(store.derived().document(root(image))).isEmpty();
    assertThat(store.derived().document(root(recent))).isPresent();
    assertThat(store.answers().all()).isEmpty();
    assertThat(store.answers().cached(REPOSITORY, TAG, image.source())).isEmpty();
    assertThat(store.derived().note("layer-source")).isEmpty();
    assertThat(store.derived().note("layer-recent")).isPresent();
    assertThat(costs.seconds(layer("source"), 1_000)).isLessThan(before);
  }

  @Test
  void forgets_refusalsOfWhatIsNotHere() throws Exception {
    store
        .derived()
        .put(
            new DerivedImage(
                Digest.sha256(new byte[1]), "recipe", 0, LONG_AGO, new Refused("a", "b")),
            Map.of());

    upkeep().run();

    assertThat(store.derived().all()).isEmpty();
  }

  @Test
  void trimsIndexes_oldestFirst() throws Exception {
    for (int i = 0; i < 5; i++) {
      Path file = Files.write(indexes.resolve("index-" + i), new byte[400]);
      Files.setLastModifiedTime(file, FileTime.from(NOW.plusSeconds(i)));
    }

    upkeep().run();

    assertThat(indexes.toFile().list()).containsExactlyInAnyOrder("index-3", "index-4");
  }

  private Upkeep upkeep() {
    return new Upkeep(store, costs, indexes, 1_000, () -> {}, InstantSource.fixed(NOW));
  }

  private DerivedImage made(String name, Instant at) throws IOException {
    byte[] document = ("root of " + name).getBytes(UTF_8);
    Digest root = Digest.sha256(document);
    DerivedImage image =
        new DerivedImage(
            Digest.sha256(name.getBytes(UTF_8)),
            "recipe",
            100_000_000,
            at,
            new Made(
                root,
                MediaType.OCI_MANIFEST,
                List.of(
                    new Part(root, Kind.DOCUMENT, MediaType.OCI_MANIFEST, 14, 0, true),
                    new Part(
                        layer(name), Kind.LAYER, MediaType.OCTET_STREAM, 1_000, 50_000, true))));
    store.derived().put(image, Map.of(root, document));
    store
        .derived()
        .note(
            "layer-" + name,
            (Digest.sha256(new byte[0]) + " 50000 " + layer(name) + " 1000").getBytes(UTF_8));
    return image;
  }

  private static Digest layer(String name) {
    return Digest.sha256(("layer of " + name).getBytes(UTF_8));
  }

  private static Digest root(DerivedImage image) {
    return ((Made) image.result()).root();
  }

  private void answer(DerivedImage image, Instant since) throws IOException {
    var _ =
        store.answers().decide(new TagAnswer(REPOSITORY, TAG, image.source(), root(image), since));
  }

  private void confirm(Digest digest) throws IOException {
    store.directory().record(new RecordKey.OfTag(REPOSITORY, TAG), new MutableRecord(digest, NOW));
  }
}

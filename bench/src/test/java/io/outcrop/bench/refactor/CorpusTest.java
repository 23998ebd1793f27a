package io.outcrop.bench.refactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusTest {

  private static final int SIZE = 100_000;

  @TempDir Path directory;
  private ContentSpool spool;

  @BeforeEach
  void open() throws IOException {
    spool = new ContentSpool(directory);
  }

  @AfterEach
  void close() throws IOException {
    spool.close();
  }

  @Test
  void boundStoresWhatTwoImagesShareOnce() throws Exception {
    TestLayout layout =
        new TestLayout(directory.resolve("layout"))
            .image("one", new TarBytes().file("shared", noise(1)).file("own", noise(2)).end())
            .image("two", new TarBytes().file("other", noise(3)).file("shared", noise(1)).end());

    Corpus corpus = read(layout);
    Layering bound = corpus.bound(Identity.STRICT, new ArchiveSizes(spool));

    assertThat(corpus.original().stored()).isCloseTo(4 * SIZE, within(SIZE / 50L));
    assertThat(bound.stored()).isCloseTo(3 * SIZE, within(SIZE / 50L));
    assertThat(bound.pull(1, 0)).isCloseTo(SIZE, within(SIZE / 50L));
    assertThat(spool.bytes()).isEqualTo(3 * SIZE);
  }

  @Test
  void layerThatImagesShareIsStoredOnceButStackedOnceForEachBelow() throws Exception {
    byte[] base = new TarBytes().file("base", noise(1)).end();
    byte[] shared = new TarBytes().file("shared", noise(2)).end();
    TestLayout layout =
        new TestLayout(directory.resolve("layout"))
            .image("one", base, shared)
            .index("two", base, shared)
            .image("three", new TarBytes().file("other", noise(3)).end(), shared);

    Layering original = read(layout).original();

    assertThat(original.stored()).isCloseTo(3 * SIZE, within(SIZE / 50L));
    assertThat(original.stack()).isCloseTo(4 * SIZE, within(SIZE / 50L));
    assertThat(original.pull(0, 1)).isZero();
    assertThat(original.pull(0, 2)).isCloseTo(SIZE, within(SIZE / 50L));
    assertThat(original.mostParts()).isEqualTo(2);
    // Four of the six ordered pairs share only the upper layer.
    assertThat(original.meanPull()).isCloseTo(4 * SIZE / 6.0, within(SIZE / 50.0));
  }

  @Test
  void samePackageIsTheSameLayerWhateverItIsInstalledBesides() throws Exception {
    TestLayout layout =
        new TestLayout(directory.resolve("layout"))
            .image("one", installed("1", "own", 2))
            .image("two", installed("22", "else", 3));

    Corpus corpus = read(layout);
    Layering grouped = corpus.grouped(new LargestPackages(1), spool, new ArchiveSizes(spool));

    assertThat(grouped.mostParts()).isEqualTo(2);
    assertThat(grouped.stored()).isCloseTo(3 * SIZE, within(SIZE / 50L));
    assertThat(grouped.pull(1, 0)).isCloseTo(SIZE, within(SIZE / 50L));
  }

  @Test
  void saysWhichLayerOfWhichImageIsDamaged() throws Exception {
    byte[] archive = new TarBytes().file("f", "").end();
    archive[0]++;
    TestLayout layout = new TestLayout(directory.resolve("layout")).image("broken", archive);

    assertThatThrownBy(() -> read(layout))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("broken, layer sha256:");
  }

  @Test
  void leavesNothingOnDisk() throws Exception {
    read(
        new TestLayout(directory.resolve("layout"))
            .image("one", new TarBytes().file("f", "x").end()));
    spool.close();

    assertThat(Files.list(directory)).containsExactly(directory.resolve("layout"));
  }

  private static byte[] installed(String status, String own, int seed) {
    return new TarBytes()
        .file("usr/tool", noise(1))
        .file(own, noise(seed))
        .file("var/lib/dpkg/info/tool.list", "/usr/tool\n")
        .file("var/lib/dpkg/status", "Package: tool\nStatus: " + status + "\n")
        .end();
  }

  private Corpus read(TestLayout layout) throws IOException {
    return Corpus.read(new ImageLayout(layout.directory()), spool);
  }

  private static String noise(int seed) {
    Random random = new Random(seed);
    StringBuilder noise = new StringBuilder();
    random.ints(SIZE, 0, 256).forEach(value -> noise.append((char) value));
    return noise.toString();
  }

  @Test
  void namesOfAllImagesAreRead() throws Exception {
    TestLayout layout =
        new TestLayout(directory.resolve("layout"))
            .image("b", new TarBytes().end())
            .index("a", new TarBytes().end());

    assertThat(new ImageLayout(layout.directory()).images())
        .extracting(ImageLayout.Image::name)
        .isEqualTo(List.of("b", "a"));
  }
}

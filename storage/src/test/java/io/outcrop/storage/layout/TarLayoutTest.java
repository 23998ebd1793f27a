package io.outcrop.storage.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.oci.Digest;
import io.outcrop.storage.layout.Layouts.Tar;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TarLayoutTest {

  private static final long SEED = Long.getLong("outcrop.test.seed", System.nanoTime());
  private static final int ROUNDS = 2_000;
  private static final byte[] SMALL = Layouts.bytes("{\"small\":true}");
  private static final byte[] LARGE = Layouts.noise(1, 100_000);

  @TempDir Path folder;

  @Test
  void aLayoutIsReadWhateverItsOrderAndNames() throws Exception {
    byte[] indexLast =
        new Tar()
            .special("./", TarConstants.LF_DIR, "")
            .special("./blobs/", TarConstants.LF_DIR, "")
            .file("./" + LayoutPath.of(Digest.sha256(LARGE)), LARGE)
            .blob(SMALL)
            .file("manifest.json", Layouts.bytes("[]"))
            .file("./index.json", index().bytes())
            .file("oci-layout", Layouts.bytes("{\"imageLayoutVersion\":\"1.0.0\"}\n"))
            .end();
    byte[] indexFirst = layout();

    for (byte[] tar : List.of(indexLast, indexFirst)) {
      try (TarLayout layout = TarLayout.open(file(tar))) {
        assertThat(layout.index().entries())
            .containsExactly(Layouts.named(Digest.sha256(SMALL), SMALL.length, Layouts.NAME));
        assertThat(Layouts.read(layout, Digest.sha256(LARGE))).isEqualTo(LARGE);
        assertThat(layout.document(Layouts.descriptor(SMALL))).isEqualTo(SMALL);
        assertThat(layout.size(Digest.sha256(LARGE))).hasValue(LARGE.length);
        long offset = layout.offset(Digest.sha256(LARGE)).orElseThrow();
        assertThat(Arrays.copyOfRange(tar, (int) offset, (int) offset + LARGE.length))
            .isEqualTo(LARGE);
        Digest absent = Digest.sha256(Layouts.bytes("absent"));
        assertThat(layout.size(absent)).isEmpty();
        assertThatThrownBy(() -> layout.open(absent)).isInstanceOf(LayoutException.class);
      }
    }
  }

  @Test
  void contentIsReadFromAnyOffset() throws Exception {
    try (TarLayout layout = TarLayout.open(file(layout()));
        InputStream in = layout.open(Digest.sha256(LARGE))) {
      assertThat(in.skip(99_990)).isEqualTo(99_990);
      assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(LARGE, 99_990, 100_000));
      assertThat(in.skip(1)).isZero();
    }
  }

  @Test
  void namesThatNeedExtendedHeadersAreRead() throws Exception {
    Digest digest = Digest.of(Digest.Algorithm.SHA512, SMALL);
    byte[] tar =
        Tar.ofLayout()
            .index(Layouts.named(digest, SMALL.length, "x"))
            .file(LayoutPath.of(digest), SMALL)
            .end();

    try (TarLayout layout = TarLayout.open(file(tar))) {
      assertThat(Layouts.read(layout, digest)).isEqualTo(SMALL);
    }
  }

  @Test
  void whatNoLayoutHasIsRefused() {
    byte[] link = new byte[0];
    assertRefused(Tar.ofLayout().file("/etc/passwd", link), "within the layout");
    assertRefused(Tar.ofLayout().file("blobs/../../x", link), "within the layout");
    assertRefused(Tar.ofLayout().file("..", link), "within the layout");
    assertRefused(
        Tar.ofLayout().special("index.json", TarConstants.LF_SYMLINK, "/etc/passwd"), "a link");
    assertRefused(
        Tar.ofLayout().special("blobs/sha256/x", TarConstants.LF_LINK, "index.json"), "a link");
    for (byte type : new byte[] {TarConstants.LF_CHR, TarConstants.LF_BLK, TarConstants.LF_FIFO}) {
      assertRefused(Tar.ofLayout().special("device", type, ""), "a link or a device");
    }
    assertRefused(Tar.ofLayout().index().index(), "two files index.json");
    assertRefused(
        Tar.ofLayout().index().blob(SMALL).file(LayoutPath.of(Digest.sha256(SMALL)), LARGE),
        "twice, of different lengths");
    assertRefused(
        Tar.ofLayout().file("index.json", new byte[(8 << 20) + 1]), "index.json: larger than");
    assertRefused(Tar.ofLayout().file("index.json", Layouts.bytes("{")), "index.json: ");
    assertRefused(new Tar().file("oci-layout", Layouts.bytes("{}")), "image layout version");
  }

  @Test
  void aMissingFileIsNamedAndMistakesAreExplained() {
    assertRefused(new Tar(), "has no file oci-layout");
    assertRefused(new Tar().index(), "has no file oci-layout");
    assertRefused(Tar.ofLayout().blob(SMALL), "has no file index.json");
    assertRefused(
        new Tar().file("stick/oci-layout", Documents.MARKER).file("stick/index.json", SMALL),
        "pack it with tar -C stick -cf FILE .");
    assertRefused(
        new Tar().file("manifest.json", SMALL).file("0123/layer.tar", SMALL), "before Docker 25");
  }

  @Test
  void whatIsCompressedIsNamed() throws Exception {
    Path file = folder.resolve("x.tar.gz");
    try (GZIPOutputStream gzip = new GZIPOutputStream(Files.newOutputStream(file))) {
      gzip.write(layout());
    }
    assertThatThrownBy(() -> TarLayout.open(file)).hasMessageContaining("gunzip");
    Files.write(file, new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 1, 2, 3});
    assertThatThrownBy(() -> TarLayout.open(file)).hasMessageContaining("unzstd");
  }

  @Test
  void anEndlessNameIsNotReadIntoMemory() throws Exception {
    // A GNU long name of 7 GiB, of which the file has holes only.
    TarArchiveEntry header =
        new TarArchiveEntry(TarConstants.GNU_LONGLINK, TarConstants.LF_GNUTYPE_LONGNAME);
    header.setSize(7L << 30);
    byte[] record = new byte[512];
    header.writeEntryHeader(record);
    Path file = folder.resolve("long.tar");
    Files.write(file, record);
    try (RandomAccessFile growing = new RandomAccessFile(file.toFile(), "rw")) {
      growing.setLength(8L << 30);
    }

    assertThatThrownBy(() -> TarLayout.open(file))
        .isInstanceOf(LayoutException.class)
        .hasMessageContaining("a header is longer");
  }

  @Test
  void openingReadsHeadersOnly() throws Exception {
    long size = 7L << 30;
    Path file = folder.resolve("big.tar");
    TarArchiveEntry header =
        new TarArchiveEntry(LayoutPath.of(Digest.sha256(LARGE)), TarConstants.LF_NORMAL);
    header.setSize(size);
    byte[] record = new byte[512];
    header.writeEntryHeader(record);
    byte[] front = Tar.ofLayout().index().end();
    int end = 4 * 512; // Two files of one record each.
    Files.write(file, Arrays.copyOf(front, end));
    try (RandomAccessFile growing = new RandomAccessFile(file.toFile(), "rw")) {
      growing.seek(end);
      growing.write(record);
      growing.setLength(end + 512 + size + 1024);
    }
    long start = System.nanoTime();

    try (TarLayout layout = TarLayout.open(file)) {
      assertThat(layout.size(Digest.sha256(LARGE))).hasValue(size);
    }

    // To read 7 GiB takes longer.
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
  }

  @Test
  void aCutTarIsRefusedOrLacksOnlyItsEnd() throws Exception {
    byte[] tar = layout();
    int whole = tar.length;
    while (tar[whole - 1] == 0) {
      whole--;
    }
    for (int length = 0; length < whole; length += 193) {
      byte[] cut = Arrays.copyOf(tar, length);
      Path file = file(cut);
      assertThatThrownBy(
              () -> {
                try (TarLayout layout = TarLayout.open(file)) {
                  var _ = layout.document(Layouts.descriptor(SMALL));
                  var _ = layout.open(Digest.sha256(LARGE));
                }
              })
          .as("cut at %d of %d", length, tar.length)
          .isInstanceOf(LayoutException.class);
      try {
        assertThat(readAll(cut)).as("stream cut at %d", length).hasSizeLessThan(2);
      } catch (LayoutException expected) {
        assertThat(expected.getMessage()).isNotBlank();
      }
    }
  }

  @Test
  void aStreamGivesItsPartsInTheirOrder() throws Exception {
    TarLayoutStream stream = new TarLayoutStream(Layouts.stream(layout()), "standard input");

    assertThat(stream.next())
        .hasValueSatisfying(part -> assertThat(part).isInstanceOf(LayoutPart.Index.class));
    LayoutPart.Blob large = (LayoutPart.Blob) stream.next().orElseThrow();
    assertThat(large.digest()).isEqualTo(Digest.sha256(LARGE));
    assertThat(large.bytes().readNBytes(1_000)).isEqualTo(Arrays.copyOf(LARGE, 1_000));
    // The rest of it is passed over.
    LayoutPart.Blob small = (LayoutPart.Blob) stream.next().orElseThrow();
    assertThat(small.bytes().readAllBytes()).isEqualTo(SMALL);
    assertThat(stream.next()).isEmpty();
  }

  @Test
  void damagedTarsAreReadOrRefusedAndNothingElse() throws Exception {
    Random random = new Random(SEED);
    byte[] tar =
        Tar.ofLayout()
            .index(Layouts.named(Digest.sha256(SMALL), SMALL.length, Layouts.NAME))
            .blob(Layouts.noise(2, 3_000))
            .blob(SMALL)
            .end();
    int read = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] damaged = tar.clone();
      for (int i = random.nextInt(4); i >= 0; i--) {
        int at = random.nextInt(damaged.length);
        damaged[at] = (byte) random.nextInt(256);
        if (random.nextInt(3) > 0) {
          mendChecksum(damaged, at / 512 * 512);
        }
      }
      int length = random.nextInt(10) == 0 ? random.nextInt(damaged.length) : damaged.length;
      try {
        readAll(Arrays.copyOf(damaged, length));
        read++;
      } catch (LayoutException expected) {
        assertThat(expected.getMessage()).isNotBlank().doesNotContain("\n");
      } catch (RuntimeException | IOException | Error e) {
        throw new AssertionError("seed " + SEED + ", round " + round, e);
      }
    }
    assertThat(read).as("tars read, seed %d", SEED).isBetween(1, ROUNDS - 1);
  }

  private static void mendChecksum(byte[] tar, int record) {
    if (record + 512 > tar.length) {
      return;
    }
    Arrays.fill(tar, record + 148, record + 156, (byte) ' ');
    int sum = 0;
    for (int i = record; i < record + 512; i++) {
      sum += tar[i] & 0xff;
    }
    byte[] text = Layouts.bytes("%06o\0 ".formatted(sum));
    System.arraycopy(text, 0, tar, record + 148, text.length);
  }

  private static List<Digest> readAll(byte[] tar) throws IOException {
    TarLayoutStream stream = new TarLayoutStream(Layouts.stream(tar), "test");
    List<Digest> found = new ArrayList<>();
    for (Optional<LayoutPart> part = stream.next(); part.isPresent(); part = stream.next()) {
      if (part.get() instanceof LayoutPart.Blob blob) {
        var _ = blob.bytes().readNBytes(1_000);
        found.add(blob.digest());
      }
    }
    return found;
  }

  private void assertRefused(Tar tar, String message) {
    assertThatThrownBy(() -> TarLayout.open(file(tar.end())))
        .isInstanceOf(LayoutException.class)
        .hasMessageContaining(message);
  }

  private static LayoutIndex index() throws LayoutException {
    return LayoutIndex.empty()
        .with(Layouts.named(Digest.sha256(SMALL), SMALL.length, Layouts.NAME));
  }

  private static byte[] layout() {
    return Tar.ofLayout()
        .index(Layouts.named(Digest.sha256(SMALL), SMALL.length, Layouts.NAME))
        .blob(LARGE)
        .blob(SMALL)
        .end();
  }

  private Path file(byte[] tar) throws IOException {
    return Files.write(folder.resolve("x.tar"), tar);
  }
}

package io.outcrop.storage.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OciLayoutTest {

  @TempDir Path folder;

  @Test
  void contentAndIndexAreReadBack() throws Exception {
    byte[] content = Layouts.noise(1, 100_000);
    Digest digest;
    try (OciLayout layout = OciLayout.create(folder)) {
      digest = Layouts.write(layout, content);
      layout.update(index -> index.with(Layouts.named(digest, content.length, Layouts.NAME)));
    }

    OciLayout layout = OciLayout.open(folder);

    assertThat(layout.index().entries())
        .containsExactly(Layouts.named(digest, content.length, Layouts.NAME));
    assertThat(layout.size(digest)).hasValue(content.length);
    assertThat(Layouts.read(layout, digest)).isEqualTo(content);
    assertThat(layout.isIntact(digest)).isTrue();
    assertThat(files())
        .containsExactlyInAnyOrder("oci-layout", "index.json", "blobs/sha256/" + digest.hex());
    assertThat(folder.resolve(".incoming")).doesNotExist();
  }

  @Test
  void whatIsWrittenCanBeReadByOthers() throws Exception {
    OciLayout layout = OciLayout.create(folder);
    Path probe = Files.createFile(folder.resolve("probe"));

    Digest digest;
    try (LayoutBlobWriter writer = layout.write()) {
      writer.write(ByteBuffer.wrap(Layouts.noise(1, 10)));
      digest = writer.commit();
    }

    String usual = PosixFilePermissions.toString(Files.getPosixFilePermissions(probe));
    for (String file : List.of("oci-layout", "index.json", "blobs/sha256/" + digest.hex())) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(file))))
          .as(file)
          .isEqualTo(usual);
    }
  }

  @Test
  void contentOfUnknownDigestGetsItsOwn() throws Exception {
    byte[] content = Layouts.noise(2, 70_000);
    OciLayout layout = OciLayout.create(folder);

    try (LayoutBlobWriter writer = layout.write()) {
      writer.write(ByteBuffer.wrap(content));
      assertThat(writer.commit()).isEqualTo(Digest.sha256(content));
    }

    assertThat(Layouts.read(layout, Digest.sha256(content))).isEqualTo(content);
  }

  @Test
  void sha512ContentHasAFolderOfItsOwn() throws Exception {
    byte[] content = Layouts.bytes("content");
    Digest digest = Digest.of(Digest.Algorithm.SHA512, content);
    OciLayout layout = OciLayout.create(folder);

    try (LayoutBlobWriter writer = layout.write(digest)) {
      writer.write(ByteBuffer.wrap(content));
      assertThat(writer.commit()).isEqualTo(digest);
    }

    assertThat(folder.resolve("blobs/sha512/" + digest.hex())).hasBinaryContent(content);
  }

  @Test
  void aCutWriterIsGoneOnWith() throws Exception {
    byte[] content = Layouts.noise(3, 300_000);
    Digest digest = Digest.sha256(content);
    try (OciLayout layout = OciLayout.create(folder);
        LayoutBlobWriter cut = layout.write(digest)) {
      cut.write(ByteBuffer.wrap(content, 0, 200_000));
    }

    OciLayout layout = OciLayout.open(folder);
    assertThat(layout.size(digest)).isEmpty();
    try (LayoutBlobWriter writer = layout.write(digest)) {
      assertThat(writer.length()).isEqualTo(200_000);
      writer.write(ByteBuffer.wrap(content, 200_000, 100_000));
      assertThat(writer.commit()).isEqualTo(digest);
    }

    assertThat(Layouts.read(layout, digest)).isEqualTo(content);
  }

  @Test
  void wrongBytesAreNeverContent() throws Exception {
    byte[] content = Layouts.noise(4, 1_000);
    Digest digest = Digest.sha256(content);
    OciLayout layout = OciLayout.create(folder);
    try (LayoutBlobWriter writer = layout.write(digest)) {
      writer.write(ByteBuffer.wrap(Layouts.noise(5, 1_000)));

      assertThatThrownBy(writer::commit)
          .isInstanceOf(LayoutException.class)
          .hasMessageContaining(digest.toString());
      assertThat(writer.length()).isZero();
    }

    assertThat(layout.size(digest)).isEmpty();
    // Nor do they poison a later try.
    assertThat(Layouts.write(layout, content)).isEqualTo(digest);
  }

  @Test
  void contentThatIsThereMayBeWrittenAgain() throws Exception {
    byte[] content = Layouts.noise(6, 1_000);
    OciLayout layout = OciLayout.create(folder);
    Digest digest = Layouts.write(layout, content);

    assertThat(Layouts.write(layout, content)).isEqualTo(digest);

    assertThat(Layouts.read(layout, digest)).isEqualTo(content);
  }

  @Test
  void twoWritersOfTheSameContentDoNotMeet() throws Exception {
    byte[] content = Layouts.noise(7, 200_000);
    Digest digest = Digest.sha256(content);
    OciLayout layout = OciLayout.create(folder);
    OciLayout other = OciLayout.open(folder);

    try (LayoutBlobWriter one = layout.write(digest);
        LayoutBlobWriter two = other.write(digest)) {
      one.write(ByteBuffer.wrap(content, 0, 150_000));
      assertThat(two.length()).isZero();
      two.write(ByteBuffer.wrap(content));
      assertThat(two.commit()).isEqualTo(digest);
      one.write(ByteBuffer.wrap(content, 150_000, 50_000));
      assertThat(one.commit()).isEqualTo(digest);
    }

    layout.close();
    assertThat(Layouts.read(layout, digest)).isEqualTo(content);
    assertThat(folder.resolve(".incoming")).doesNotExist();
  }

  @Test
  void whoComesSecondLeavesNothingWhenHeIsCut() throws Exception {
    Digest digest = Digest.sha256(Layouts.bytes("x"));
    OciLayout layout = OciLayout.create(folder);
    try (LayoutBlobWriter one = layout.write(digest)) {
      try (LayoutBlobWriter two = layout.write(digest)) {
        two.write(ByteBuffer.wrap(Layouts.bytes("y")));
      }
      assertThat(one.length()).isZero();
    }

    layout.close();

    assertThat(folder.resolve(".incoming")).doesNotExist();
  }

  @Test
  void manyWriteToOneLayoutAtOnce() throws Exception {
    int writers = 8;
    int rounds = 20;
    OciLayout.create(folder).close();
    CountDownLatch together = new CountDownLatch(1);
    List<Future<?>> running = new ArrayList<>();
    try (ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread::new)) {
      for (int i = 0; i < writers; i++) {
        int writer = i;
        running.add(
            threads.submit(() -> {
              together.await();
              for (int round = 0; round < rounds; round++) {
                // Half of them write what another one writes too.
                byte[] content = Layouts.noise(writer / 2 * rounds + round, 5_000);
                try (OciLayout layout = OciLayout.create(folder)) {
                  Digest digest = Layouts.write(layout, content);
                  String name = writer + "-" + round;
                  layout.update(index -> index.with(Layouts.named(digest, 5_000, name)));
                }
              }
              return null;
            }));
      }
      together.countDown();
      for (Future<?> each : running) {
        each.get();
      }
    }

    OciLayout layout = OciLayout.open(folder);
    assertThat(layout.index().entries()).hasSize(writers * rounds);
    for (Descriptor entry : layout.index().entries()) {
      assertThat(layout.isIntact(entry.digest())).isTrue();
    }
    layout.close();
    assertThat(folder.resolve(".incoming")).doesNotExist();
  }

  @Test
  void aFailedChangeLeavesTheIndexAsItWas() throws Exception {
    OciLayout layout = OciLayout.create(folder);
    byte[] before = Files.readAllBytes(folder.resolve("index.json"));

    assertThatThrownBy(() ->
            layout.update(index -> {
              throw new IOException("no");
            }))
        .hasMessage("no");

    assertThat(folder.resolve("index.json")).hasBinaryContent(before);
    layout.update(index -> index);
  }

  @Test
  void whatNobodyWritesAnyMoreIsTidiedUp() throws Exception {
    OciLayout.create(folder).close();
    Path incoming = Files.createDirectory(folder.resolve(".incoming"));
    Path abandoned = Files.createFile(incoming.resolve("aside-1"));
    Path recent = Files.createFile(incoming.resolve("aside-2"));
    Files.setLastModifiedTime(abandoned, FileTime.from(Instant.now().minus(Duration.ofDays(2))));

    OciLayout.open(folder).close();

    assertThat(abandoned).doesNotExist();
    assertThat(recent).exists();
  }

  @Test
  void aFolderWithOtherThingsIsLeftAlone() throws Exception {
    Files.createFile(folder.resolve("holiday.jpg"));

    assertThatThrownBy(() -> OciLayout.create(folder))
        .isInstanceOf(LayoutException.class)
        .hasMessageContaining("neither empty nor an OCI image layout");

    assertThat(files()).containsExactly("holiday.jpg");
  }

  @Test
  void makingALayoutThatWasCutIsGoneOnWith() throws Exception {
    Files.createDirectory(folder.resolve(".incoming"));
    Files.writeString(folder.resolve("index.json"), "{");

    assertThat(OciLayout.create(folder).index().entries()).isEmpty();
  }

  @Test
  void whatIsNoLayoutIsRefused() throws Exception {
    assertThatThrownBy(() -> OciLayout.open(folder))
        .isInstanceOf(LayoutException.class)
        .hasMessageContaining("has no file oci-layout");
    for (String marker : List.of("{}", "[", "{\"imageLayoutVersion\":\"2.0.0\"}", "")) {
      Files.writeString(folder.resolve("oci-layout"), marker);
      assertThatThrownBy(() -> OciLayout.open(folder))
          .as(marker)
          .isInstanceOf(LayoutException.class)
          .hasMessageContaining(folder.toString());
    }
    Files.writeString(folder.resolve("oci-layout"), "{\"imageLayoutVersion\": \"1.0.0\"}\n");
    assertThatThrownBy(() -> OciLayout.open(folder).index())
        .isInstanceOf(LayoutException.class)
        .hasMessageContaining("has no file index.json");
  }

  @Test
  void aHugeIndexIsRefusedWithoutBeingRead() throws Exception {
    OciLayout layout = OciLayout.create(folder);
    try (RandomAccessFile file =
        new RandomAccessFile(folder.resolve("index.json").toFile(), "rw")) {
      file.setLength(100L << 30);
    }

    assertThatThrownBy(layout::index)
        .isInstanceOf(LayoutException.class)
        .hasMessageContaining("larger than");
  }

  @Test
  void documentsAreVerified() throws Exception {
    byte[] content = Layouts.bytes("{\"a\":1}");
    Descriptor descriptor = Layouts.descriptor(content);
    OciLayout layout = OciLayout.create(folder);
    assertThatThrownBy(() -> layout.document(descriptor))
        .isInstanceOf(LayoutException.class)
        .hasMessageContaining("has no content");
    Layouts.write(layout, content);
    assertThat(layout.document(descriptor)).isEqualTo(content);
    Path file = folder.resolve("blobs/sha256/" + descriptor.digest().hex());

    Files.writeString(file, "{\"a\":2}");
    assertThatThrownBy(() -> layout.document(descriptor))
        .isInstanceOf(LayoutException.class)
        .hasMessageContaining("have the digest");
    assertThat(layout.isIntact(descriptor.digest())).isFalse();
    for (String other : List.of("{\"a\":1} ", "{\"a\":1", "")) {
      Files.writeString(file, other);
      assertThatThrownBy(() -> layout.document(descriptor))
          .as(other)
          .isInstanceOf(LayoutException.class)
          .hasMessageContaining("another length");
    }
    Descriptor huge = Descriptor.of(MediaType.OCI_MANIFEST, descriptor.digest(), 1L << 40);
    assertThatThrownBy(() -> layout.document(huge)).isInstanceOf(LayoutException.class);
  }

  @Test
  void whatIsNoFileIsNoContent() throws Exception {
    Digest digest = Digest.sha256(Layouts.bytes("x"));
    OciLayout layout = OciLayout.create(folder);
    Files.createDirectories(folder.resolve("blobs/sha256/" + digest.hex()));

    assertThat(layout.size(digest)).isEmpty();
    assertThatThrownBy(() -> layout.open(digest)).isInstanceOf(LayoutException.class);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .toList();
    }
  }
}

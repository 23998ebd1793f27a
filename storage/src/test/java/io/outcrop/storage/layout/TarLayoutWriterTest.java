package io.outcrop.storage.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.oci.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TarLayoutWriterTest {

  private static final List<byte[]> CONTENTS =
      List.of(Layouts.noise(1, 700), Layouts.noise(2, 5_000), new byte[0], Layouts.noise(3, 1_024));

  @TempDir Path folder;

  @Test
  void aFileIsReadBackAndIsTheSameBytesEachTime() throws Exception {
    Path one = folder.resolve("one.tar");
    Path two = folder.resolve("two.tar");
    write(one, false);
    write(two, false);

    assertThat(one).hasSameBinaryContentAs(two);
    assertThat(folder.resolve("one.tar.partial")).doesNotExist();
    assertThat(toPipe()).isEqualTo(Files.readAllBytes(one));
    try (TarLayout layout = TarLayout.open(one)) {
      assertThat(layout.index().entries()).hasSize(1);
      for (byte[] content : CONTENTS) {
        assertThat(Layouts.read(layout, Digest.sha256(content))).isEqualTo(content);
      }
    }
  }

  @Test
  void longDigestsHaveTheirNames() throws Exception {
    byte[] content = Layouts.bytes("content");
    Digest digest = Digest.of(Digest.Algorithm.SHA512, content);
    Path file = folder.resolve("x.tar");
    try (TarLayoutWriter writer = TarLayoutWriter.create(file, false)) {
      writer.begin(index());
      writer.write(digest, content.length, Layouts.stream(content));
      writer.finish();
    }

    try (TarLayout layout = TarLayout.open(file)) {
      assertThat(Layouts.read(layout, digest)).isEqualTo(content);
    }
  }

  @Test
  void aCutFileIsGoneOnWithWhereverItWasCut() throws Exception {
    Path whole = folder.resolve("whole.tar");
    write(whole, false);
    byte[] bytes = Files.readAllBytes(whole);
    for (int cut = 0; cut <= bytes.length; cut += 101) {
      Path file = folder.resolve("x.tar");
      Files.write(folder.resolve("x.tar.partial"), Arrays.copyOf(bytes, cut));

      List<Digest> written = write(file, cut % 2 == 0);

      assertThat(file).as("cut at %d", cut).hasSameBinaryContentAs(whole);
      if (cut >= bytes.length - 1024) {
        assertThat(written).as("cut at %d", cut).isEmpty();
      }
      Files.delete(file);
    }
  }

  @Test
  void anotherIndexBeginsAgain() throws Exception {
    Path file = folder.resolve("x.tar");
    try (TarLayoutWriter cut = TarLayoutWriter.create(file, false)) {
      cut.begin(LayoutIndex.empty());
      cut.write(Digest.sha256(CONTENTS.get(0)), 700, Layouts.stream(CONTENTS.get(0)));
    }

    try (TarLayoutWriter writer = TarLayoutWriter.create(file, false)) {
      assertThat(writer.earlierIndex().orElseThrow().entries()).isEmpty();
    }
    assertThat(write(file, false)).hasSize(CONTENTS.size());

    assertThat(Files.readAllBytes(file)).isEqualTo(toPipe());
  }

  @Test
  void verifyingFindsWhatRotted() throws Exception {
    Path whole = folder.resolve("whole.tar");
    write(whole, false);
    byte[] rotten = Files.readAllBytes(whole);
    int inFirstContent = 4 * 512 + 512 + 10;
    rotten[inFirstContent] ^= 1;
    Path file = folder.resolve("x.tar");

    Files.write(folder.resolve("x.tar.partial"), rotten);
    assertThat(write(file, true)).hasSize(CONTENTS.size());

    assertThat(file).hasSameBinaryContentAs(whole);
  }

  @Test
  void wrongBytesAreRefusedAndNotTakenForRightOnesLater() throws Exception {
    byte[] content = CONTENTS.get(1);
    Digest digest = Digest.sha256(content);
    Path file = folder.resolve("x.tar");
    byte[] wrong = content.clone();
    wrong[7] ^= 1;
    try (TarLayoutWriter writer = TarLayoutWriter.create(file, false)) {
      writer.begin(index());
      assertThatThrownBy(() -> writer.write(digest, wrong.length, Layouts.stream(wrong)))
          .isInstanceOf(LayoutException.class)
          .hasMessageContaining(digest.toString());
    }
    try (TarLayoutWriter writer = TarLayoutWriter.create(file, false)) {
      writer.begin(index());
      assertThat(writer.isThere(digest, content.length)).isFalse();
      assertThatThrownBy(() -> writer.write(digest, 6_000, Layouts.stream(content)))
          .isInstanceOf(LayoutException.class)
          .hasMessageContaining("1000 bytes early");
    }
    try (TarLayoutWriter writer = TarLayoutWriter.create(file, false)) {
      writer.begin(index());
      assertThat(writer.isThere(digest, content.length)).isFalse();
      writer.write(digest, content.length, Layouts.stream(content));
      writer.finish();
    }

    try (TarLayout layout = TarLayout.open(file)) {
      assertThat(Layouts.read(layout, digest)).isEqualTo(content);
    }
  }

  @Test
  void aSourceThatFailsLeavesWhatIsWhole() throws Exception {
    Path file = folder.resolve("x.tar");
    try (TarLayoutWriter writer = TarLayoutWriter.create(file, false)) {
      writer.begin(index());
      writer.write(Digest.sha256(CONTENTS.get(0)), 700, Layouts.stream(CONTENTS.get(0)));
      InputStream failing =
          new InputStream() {
            @Override
            public int read() throws IOException {
              throw new IOException("gone");
            }
          };
      assertThatThrownBy(() -> writer.write(Digest.sha256(CONTENTS.get(1)), 5_000, failing))
          .hasMessage("gone");
    }

    assertThat(file).doesNotExist();
    assertThat(write(file, false))
        .containsExactlyElementsOf(CONTENTS.stream().skip(1).map(Digest::sha256).toList());
  }

  @Test
  void oneWritesAFileAtATime() throws Exception {
    Path file = folder.resolve("x.tar");
    try (TarLayoutWriter _ = TarLayoutWriter.create(file, false)) {
      assertThatThrownBy(() -> TarLayoutWriter.create(file, false))
          .isInstanceOf(LayoutException.class)
          .hasMessageContaining("somebody else is writing it");
    }
  }

  private static LayoutIndex index() throws LayoutException {
    return LayoutIndex.empty()
        .with(Layouts.named(Digest.sha256(CONTENTS.get(0)), 700, Layouts.NAME));
  }

  /** Writes all, and tells what was not there yet. */
  private static List<Digest> write(Path file, boolean verify) throws IOException {
    try (TarLayoutWriter writer = TarLayoutWriter.create(file, verify)) {
      return write(writer);
    }
  }

  private static List<Digest> write(TarLayoutWriter writer) throws IOException {
    List<Digest> written = new ArrayList<>();
    writer.begin(index());
    for (byte[] content : CONTENTS) {
      Digest digest = Digest.sha256(content);
      if (!writer.isThere(digest, content.length)) {
        writer.write(digest, content.length, Layouts.stream(content));
        written.add(digest);
      }
    }
    writer.finish();
    return written;
  }

  private static byte[] toPipe() throws IOException {
    ByteArrayOutputStream pipe = new ByteArrayOutputStream();
    try (TarLayoutWriter writer = TarLayoutWriter.to(pipe)) {
      var _ = write(writer);
    }
    return pipe.toByteArray();
  }
}

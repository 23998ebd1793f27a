package io.outcrop.refactor.compress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.luben.zstd.Zstd;
import io.outcrop.refactor.Programs;
import io.outcrop.refactor.Seeds;
import io.outcrop.refactor.model.Limits;
import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.model.RefusedException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LayerStreamTest {

  private static final byte[] TEXT =
      "some content, some content".repeat(20_000).getBytes(ISO_8859_1);

  private static byte[] pack(Packing packing, byte[] content, int pieces) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (PackedStream stream = packing.pack(out)) {
      for (int at = 0; at < content.length; at += pieces) {
        stream.write(content, at, Math.min(pieces, content.length - at));
      }
      stream.finish();
    }
    return out.toByteArray();
  }

  private static Packing packing(Compression compression) {
    return switch (compression) {
      case NONE -> Packing.NONE;
      case GZIP -> Packing.GZIP;
      case ZSTD -> Packing.ZSTD;
    };
  }

  private static byte[] unpack(byte[]... blobs) throws IOException {
    return unpack(Limits.DEFAULT, join(blobs));
  }

  private static byte[] unpack(Limits limits, byte[] blob) throws IOException {
    try (LayerStream stream = LayerStream.open(new ByteArrayInputStream(blob), limits)) {
      return stream.readAllBytes();
    }
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static Reason refusal(byte[] blob) {
    RefusedException refused = catchThrowableOfType(RefusedException.class, () -> unpack(blob));
    assertThat(refused).as("refusal").isNotNull();
    return refused.reason();
  }

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(content);
    }
    return out.toByteArray();
  }

  @ParameterizedTest
  @EnumSource
  void whatIsPackedIsUnpackedAgain(Compression compression) throws IOException {
    byte[] blob = pack(packing(compression), TEXT, 5000);
    try (LayerStream stream = LayerStream.open(new ByteArrayInputStream(blob), Limits.DEFAULT)) {
      assertThat(stream.compression()).isEqualTo(compression);
      assertThat(stream.readAllBytes()).isEqualTo(TEXT);
      assertThat(stream.packedBytes()).isEqualTo(blob.length);
      assertThat(stream.unpackedBytes()).isEqualTo(TEXT.length);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsPackedDoesNotDependOnHowItComes(Compression compression) throws IOException {
    Random random = Seeds.random(0);
    byte[] content = Arrays.copyOf(TEXT, TEXT.length);
    for (int i = 0; i < 100_000; i++) {
      content[random.nextInt(content.length)] = (byte) random.nextInt(256);
    }
    byte[] whole = pack(packing(compression), content, content.length);
    assertThat(pack(packing(compression), content, 1)).isEqualTo(whole);
    assertThat(pack(packing(compression), content, 4093)).isEqualTo(whole);
    assertThat(pack(packing(compression), content, 1 << 17)).isEqualTo(whole);
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsPackedAndUnpacked(Compression compression) throws IOException {
    assertThat(unpack(pack(packing(compression), new byte[0], 1))).isEmpty();
  }

  @Test
  void gzipHasAHeaderWithoutTimeAndName() throws IOException {
    assertThat(Arrays.copyOf(pack(Packing.GZIP, TEXT, 100), 10))
        .containsExactly(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);
  }

  @Test
  void otherProgramsUnpackWhatIsPacked(@TempDir Path directory) throws IOException {
    Programs.need("gzip", "zstd");
    Files.write(directory.resolve("a.gz"), pack(Packing.GZIP, TEXT, 777));
    Files.write(directory.resolve("b.zst"), pack(Packing.ZSTD, TEXT, 777));
    Programs.run(directory, "gzip", "-d", "a.gz");
    Programs.run(directory, "zstd", "-q", "-d", "b.zst");
    assertThat(Files.readAllBytes(directory.resolve("a"))).isEqualTo(TEXT);
    assertThat(Files.readAllBytes(directory.resolve("b"))).isEqualTo(TEXT);
  }

  @Test
  void readsMembersOneAfterTheOther() throws IOException {
    assertThat(unpack(gzip(TEXT), gzip(new byte[0]), gzip(TEXT))).isEqualTo(join(TEXT, TEXT));
  }

  @Test
  void readsFramesOneAfterTheOtherWithOthersToSkipAmongThem() throws IOException {
    byte[] skippable = {0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3};
    byte[] frame = Zstd.compress(TEXT, 1);
    assertThat(unpack(skippable, frame, skippable, frame, skippable)).isEqualTo(join(TEXT, TEXT));
  }

  @Test
  void readsHeadersWithEverythingInThem() throws IOException {
    byte[] plain = gzip(TEXT);
    byte[] header = {
      0x1f, (byte) 0x8b, 8, 30, 1, 2, 3, 4, 2, 3, 4, 0, 9, 9, 9, 9, 'n', 0, 'c', 'c', 0, 7, 7
    };
    assertThat(unpack(header, Arrays.copyOfRange(plain, 10, plain.length))).isEqualTo(TEXT);
  }

  @Test
  void refusesWhatFollowsTheLastMember() throws IOException {
    assertThat(refusal(join(gzip(TEXT), "rubbish".getBytes(ISO_8859_1))))
        .isEqualTo(Reason.INVALID_COMPRESSION);
    assertThat(refusal(join(gzip(TEXT), new byte[1]))).isEqualTo(Reason.INVALID_COMPRESSION);
    assertThat(refusal(join(Zstd.compress(TEXT), "rubbish".getBytes(ISO_8859_1))))
        .isEqualTo(Reason.INVALID_COMPRESSION);
  }

  @ParameterizedTest
  @EnumSource(names = {"GZIP", "ZSTD"})
  void refusesBlobsThatEndEarly(Compression compression) throws IOException {
    byte[] blob = pack(packing(compression), TEXT, 5000);
    for (int length = Compression.MAGIC_BYTES; length < blob.length; length += 7) {
      assertThat(refusal(Arrays.copyOf(blob, length))).isEqualTo(Reason.TRUNCATED);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-8, -4, -1})
  void refusesWrongTrailers(int at) throws IOException {
    byte[] blob = gzip(TEXT);
    blob[blob.length + at] ^= 1;
    assertThat(refusal(blob)).isEqualTo(Reason.INVALID_COMPRESSION);
  }

  @ParameterizedTest
  @EnumSource(names = {"GZIP", "ZSTD"})
  void damagedBlobsAreUnpackedOrRefusedAndNothingElse(Compression compression) throws IOException {
    byte[] blob = pack(packing(compression), TEXT, 5000);
    int refused = 0;
    for (int round = 0; round < 2000; round++) {
      Random random = Seeds.random(round);
      byte[] damaged = blob.clone();
      for (int i = random.nextInt(3); i >= 0; i--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      try {
        unpack(damaged);
      } catch (RefusedException e) {
        refused++;
      } catch (RuntimeException | IOException e) {
        throw new AssertionError(Seeds.describe(round), e);
      }
    }
    assertThat(refused).isGreaterThan(1000);
  }

  @Test
  void refusesLayersThatAreTooLarge() throws IOException {
    Limits limits = new Limits(1, 1, 1, 1, 1, 1, 10_000, 100_000, 1);
    assertThatThrownBy(() -> unpack(limits, gzip(new byte[10_001])))
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.reason()).isEqualTo(Reason.LAYER_TOO_LARGE));
    assertThat(unpack(limits, gzip(new byte[10_000]))).hasSize(10_000);
  }

  @Test
  void refusesBombsLongBeforeTheirEnd() throws IOException {
    byte[] zeros = new byte[1 << 24];
    byte[] member = pack(Packing.GZIP, zeros, zeros.length);
    byte[][] members = new byte[100][];
    Arrays.fill(members, member);
    try (LayerStream stream =
        LayerStream.open(new ByteArrayInputStream(join(members)), Limits.DEFAULT)) {
      RefusedException refused =
          catchThrowableOfType(
              RefusedException.class, () -> stream.transferTo(OutputStream.nullOutputStream()));
      assertThat(refused.reason()).isEqualTo(Reason.COMPRESSION_RATIO);
      assertThat(stream.unpackedBytes()).isLessThan(Limits.RATIO_FREE_BYTES + (1 << 24));
    }
  }

  @Test
  void refusesWindowsThatWouldTakeMuchMemory() {
    // A frame header that asks for a window of 1 GiB.
    byte[] frame = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, (byte) (20 << 3), 1, 0, 0};
    assertThat(refusal(frame)).isEqualTo(Reason.INVALID_COMPRESSION);
  }

  @Test
  void closesTheBlobAlsoIfItCannotBeOpened() {
    AtomicBoolean closed = new AtomicBoolean();
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("broken");
          }

          @Override
          public void close() {
            closed.set(true);
          }
        };
    assertThatThrownBy(() -> LayerStream.open(broken, Limits.DEFAULT)).hasMessage("broken");
    assertThat(closed).isTrue();
  }
}

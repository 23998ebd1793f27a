package io.outcrop.storage;

import static io.outcrop.storage.Contents.bytes;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UncachedFileTest {

  @TempDir Path memory;

  @TempDir(factory = TempDirFactory.Standard.class)
  Path disk;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4_095, 4_096, 65_537, 524_288, 524_289, 3_000_001})
  void readsAllOfAFileOfAnyLength(int length) throws IOException {
    byte[] content = bytes(1, length);
    for (Path folder : new Path[] {memory, disk}) {
      Path file = Files.write(folder.resolve("file"), content);
      UncachedFile.Buffer buffer = new UncachedFile.Buffer(folder);
      for (int i = 0; i < 2; i++) {
        assertThat(read(file, buffer)).as(folder.toString()).isEqualTo(content);
      }
    }
  }

  @Test
  void readsAFileThatIsNotWhereTheBufferWasMadeFor() throws IOException {
    // Of another volume, whose blocks may be of another size, or that has no way past its cache.
    Path proc = Path.of("/proc/self/maps");
    assertThat(new String(read(proc, new UncachedFile.Buffer(disk)), UTF_8)).contains("libjvm.so");
  }

  @Test
  void saysWhatIsMissingAndWhatIsNoFile() throws IOException {
    UncachedFile.Buffer buffer = new UncachedFile.Buffer(disk);
    assertThatThrownBy(() -> UncachedFile.open(disk.resolve("absent"), buffer))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> read(disk, buffer))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("directory");
  }

  @Test
  void leavesThePageCacheAsItIs() throws Exception {
    assumeTrue(
        List.of("ext4", "xfs", "btrfs").contains(Files.getFileStore(disk).type()),
        "skipped: the temporary folder is on no file system known to have direct reads");
    Path file = Files.write(disk.resolve("file"), bytes(1, 3_000_000));
    // What is read is not in memory before, and not afterwards.
    run("dd", "of=" + file, "oflag=nocache", "conv=notrunc,fdatasync", "count=0", "status=none");
    assertThat(residentBytes(file)).isEqualTo("0");

    read(file, new UncachedFile.Buffer(disk));
    assertThat(residentBytes(file)).isEqualTo("0");

    // And what is in memory before is so afterwards.
    Files.readAllBytes(file);
    String all = residentBytes(file);
    assertThat(Long.parseLong(all)).isGreaterThanOrEqualTo(3_000_000);
    read(file, new UncachedFile.Buffer(disk));
    assertThat(residentBytes(file)).isEqualTo(all);
  }

  private static String residentBytes(Path file) throws Exception {
    return run("fincore", "--bytes", "--noheadings", "--output", "RES", file.toString());
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.strip();
  }

  private static byte[] read(Path path, UncachedFile.Buffer buffer) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (UncachedFile file = UncachedFile.open(path, buffer)) {
      for (ByteBuffer chunk = file.next(); chunk.hasRemaining(); chunk = file.next()) {
        byte[] bytes = new byte[chunk.remaining()];
        chunk.get(bytes);
        all.write(bytes);
      }
    }
    return all.toByteArray();
  }
}

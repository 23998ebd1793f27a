package io.outcrop.refactor.plan.intrinsic;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.refactor.plan.intrinsic.RpmFixtures.PackagedFile;
import io.outcrop.refactor.tar.RawTar;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RpmReaderTest {

  private static final String BIG = "rpm big 3:1.0-2 x86_64";
  private static final String OTHER = "rpm other 3:1.0-2 x86_64";

  private static List<byte[]> headers() {
    List<PackagedFile> files = new ArrayList<>();
    files.add(new PackagedFile(0, "bin", 0040755, 0));
    files.add(PackagedFile.of(1, "tool"));
    files.add(PackagedFile.of(2, "tool.conf"));
    files.add(new PackagedFile(3, "ghost", 0100644, 1 << 6));
    for (int i = 0; i < 3000; i++) {
      files.add(PackagedFile.of(3, "removed" + i));
    }
    return List.of(
        RpmFixtures.header("gpg-pubkey", List.of(), List.of()),
        RpmFixtures.header("big", List.of("/usr/", "/bin/", "/etc/", "/usr/share/"), files),
        RpmFixtures.header("other", List.of("/usr/lib/"), List.of(PackagedFile.of(0, "other.so"))));
  }

  private static PlannedImage image(String path, byte[] database) throws IOException {
    return PlannedImage.of(
        new RawTar()
            .symlink("bin", "usr/bin")
            .file("usr/bin/tool", "t".repeat(5000))
            .file("usr/lib/other.so", "o".repeat(6000))
            .file("usr/share/ghost", "g")
            .file("etc/tool.conf", "c")
            .add(path, '0', database, header -> {}));
  }

  private static void assertFound(PlannedImage image, String path) {
    assertThat(image.names()).startsWith(OTHER, BIG).endsWith("private");
    assertThat(image.group(BIG)).containsExactly("usr/bin/tool");
    assertThat(image.group(OTHER)).containsExactly("usr/lib/other.so");
    assertThat(image.groupOf("usr/share/ghost")).isEqualTo("private");
    // It is not small here, and so not in the private layer.
    assertThat(image.group("unchanged state of layer 1"))
        .containsExactlyInAnyOrder("bin", "etc/tool.conf", path);
  }

  @Test
  void readsTheDatabaseInSqlite() throws IOException {
    String path = "usr/lib/sysimage/rpm/rpmdb.sqlite";
    assertFound(image(path, RpmFixtures.sqlite(headers())), path);
  }

  @Test
  void readsTheDatabaseInItsOwnFormat() throws IOException {
    String path = "usr/lib/sysimage/rpm/Packages.db";
    assertFound(image(path, RpmFixtures.ndb(headers())), path);
  }

  @Test
  void readsTheDatabaseInBerkeleyHashOfEitherByteOrder() throws IOException {
    String path = "var/lib/rpm/Packages";
    List<byte[]> headers = headers();
    assertFound(image(path, RpmFixtures.berkeley(headers, ByteOrder.LITTLE_ENDIAN)), path);
    assertFound(image(path, RpmFixtures.berkeley(headers, ByteOrder.BIG_ENDIAN)), path);
  }

  @Test
  void aTreeThatLeadsBackToItselfEnds() {
    byte[] database = RpmFixtures.sqlite(headers());
    ByteBuffer.wrap(database).putInt(4096 + 8, 2);
    List<ByteBuffer> blobs = new ArrayList<>();
    SqliteTable.blobs(ByteBuffer.wrap(database), "Packages", blobs::add);
    assertThat(blobs).hasSize(2);
  }

  @Test
  void recordsThatShareTheirPagesAreNotReadOverAndOver() {
    byte[] big = RpmFixtures.header("big", List.of("/"), List.of());
    List<byte[]> many = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      many.add(big);
    }
    ByteBuffer database = ByteBuffer.wrap(RpmFixtures.ndb(many)).order(ByteOrder.LITTLE_ENDIAN);
    // Every slot says that its blob is the first one, and that it goes on to the end of the file.
    int first = 4096;
    for (int slot = 0; slot < 100; slot++) {
      database.putInt(32 + 16 * slot + 8, first / 16);
    }
    database.putInt(first + 12, database.limit() - first - 16);
    List<ByteBuffer> blobs = new ArrayList<>();
    NdbFile.blobs(database, blobs::add);
    assertThat(blobs).hasSize(1);
  }
}

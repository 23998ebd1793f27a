package io.outcrop.refactor.plan.intrinsic;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.refactor.Seeds;
import io.outcrop.refactor.plan.intrinsic.RpmFixtures.PackagedFile;
import io.outcrop.refactor.tar.RawTar;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever is in a database, the image is planned, and quickly. */
@Timeout(120)
final class HostileDatabasesTest {

  private static final String INFO = "var/lib/dpkg/info/";
  private static final String SITE = "usr/lib/python3/site-packages/a-1.dist-info/";

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private static Map<String, byte[]> databases() {
    List<byte[]> headers =
        List.of(
            RpmFixtures.header("a", List.of("/usr/bin/"), List.of(PackagedFile.of(0, "a"))),
            RpmFixtures.header("b", List.of("/usr/bin/"), List.of(PackagedFile.of(0, "b"))));
    Map<String, byte[]> databases = new LinkedHashMap<>();
    databases.put("var/lib/dpkg/status", bytes("Package: a\nVersion: 1\nArchitecture: all\n\n"));
    databases.put(INFO + "a.list", bytes("/.\n/usr\n/usr/bin/a\n"));
    databases.put("var/lib/dpkg/status.d/b", bytes("Package: b\nVersion: 1\nArchitecture: all\n"));
    databases.put("var/lib/dpkg/status.d/b.md5sums", bytes("0".repeat(32) + "  usr/bin/b\n"));
    databases.put("lib/apk/db/installed", bytes("P:a\nV:1\nA:x\nF:usr/bin\nR:a\nR:b\n\n"));
    databases.put(SITE + "RECORD", bytes("a.py,,\n\"b.py\",,\n../../../bin/a,,\n"));
    databases.put("app/node_modules/a/package.json", bytes("{\"name\":\"a\",\"version\":\"1\"}"));
    databases.put("var/lib/rpm/rpmdb.sqlite", RpmFixtures.sqlite(headers));
    databases.put("var/lib/rpm/Packages.db", RpmFixtures.ndb(headers));
    databases.put("var/lib/rpm/Packages", RpmFixtures.berkeley(headers, ByteOrder.LITTLE_ENDIAN));
    return databases;
  }

  private static PlannedImage plan(Map<String, byte[]> databases) throws IOException {
    RawTar tar = new RawTar().file("usr/bin/a", "a".repeat(5000)).file("usr/bin/b", "b");
    databases.forEach((path, content) -> tar.add(path, '0', content, header -> {}));
    return PlannedImage.of(tar);
  }

  private static byte[] damage(byte[] sound, Random random) {
    byte[] damaged = Arrays.copyOf(sound, sound.length);
    for (int i = random.nextInt(8); i >= 0; i--) {
      int at = random.nextInt(damaged.length);
      switch (random.nextInt(5)) {
        case 0 -> damaged[at] = (byte) random.nextInt(256);
        case 1 -> damaged[at] = (byte) (random.nextBoolean() ? 0xff : 0);
        case 2 -> damaged[at] ^= (byte) (1 << random.nextInt(8));
        case 3 -> {
          int length = Math.min(random.nextInt(64), damaged.length - at);
          System.arraycopy(
              damaged, random.nextInt(damaged.length - length + 1), damaged, at, length);
        }
        default ->
            damaged = Arrays.copyOf(damaged, Math.max(1, random.nextInt(damaged.length + 1)));
      }
    }
    return damaged;
  }

  @Test
  void damagedDatabasesClaimWhatIsUnderstoodAndNeverFail() throws IOException {
    Map<String, byte[]> sound = databases();
    for (int round = 0; round < 1500; round++) {
      Random random = Seeds.random(round);
      Map<String, byte[]> damaged = new LinkedHashMap<>();
      sound.forEach((path, content) -> damaged.put(path, damage(content, random)));
      try {
        assertThat(plan(damaged).view().size()).isPositive();
      } catch (RuntimeException e) {
        throw new AssertionError(Seeds.describe(round), e);
      }
    }
  }

  @Test
  void headersOfRpmMayBeDamagedAnywhere() {
    byte[] sound = RpmFixtures.header("a", List.of("/usr/bin/"), List.of(PackagedFile.of(0, "a")));
    for (int round = 0; round < 50_000; round++) {
      byte[] damaged = damage(sound, Seeds.random(round));
      try {
        RpmHeader.read(java.nio.ByteBuffer.wrap(damaged))
            .ifPresent(header -> {
              assertThat(header.component()).isNotNull();
              header.forEachFile((directory, name) -> assertThat(directory).isNotNull());
            });
      } catch (RuntimeException e) {
        throw new AssertionError(Seeds.describe(round), e);
      }
    }
  }

  @Test
  void oddNamesClaimNothing() throws IOException {
    String stanza = "Package: %s\nVersion: %s\nArchitecture: all\n\n";
    PlannedImage image =
        plan(
            Map.of(
                "var/lib/dpkg/status",
                bytes(
                    stanza.formatted("a", "1\0")
                        + stanza.formatted("b", "x".repeat(201))
                        + stanza.formatted("c c", "1")
                        + stanza.formatted("\u00e9", "1")
                        + "Package: d\n\nVersion: 1\nArchitecture: all\n"),
                INFO + "a.list",
                bytes("/usr/bin/a\n"),
                INFO + "b.list",
                bytes("/usr/bin/b\n")));
    assertThat(image.names()).containsExactly("files in usr/bin", "private");
  }

  @Test
  void pathsThatLeadAstrayClaimNothing() throws IOException {
    PlannedImage image =
        PlannedImage.of(
            new RawTar()
                .file("usr/bin/a", "a".repeat(5000))
                .symlink("loop", "loop/x")
                .symlink("self", ".")
                .symlink("up", "../../..")
                .file("var/lib/dpkg/status", "Package: a\nVersion: 1\nArchitecture: all\n")
                .file(
                    INFO + "a.list",
                    "/usr/bin/a/below\n/loop/y\n/usr/bin/\0a\n/"
                        + "x/".repeat(3000)
                        + "\n"
                        + "\n/\n//\n/self/self/self/usr/bin/a\n/up/up/usr/./bin//a\n"));
    // Two detours that end at the file after all; dpkg would follow them too.
    assertThat(image.group("dpkg a 1 all")).containsExactly("usr/bin/a");
  }

  @Test
  void endlessListsOfAliasesAreCutShort() throws IOException {
    StringBuilder list = new StringBuilder();
    for (int i = 0; i < 120_000; i++) {
      list.append("/s").append("/s".repeat(i % 40)).append("/d").append(i).append("/file\n");
    }
    PlannedImage image =
        PlannedImage.of(
            new RawTar()
                .symlink("s", ".")
                .file("file", "f")
                .file("var/lib/dpkg/status", "Package: a\nVersion: 1\nArchitecture: all\n")
                .file(INFO + "a.list", list.toString()));
    assertThat(image.group("private")).contains("file");
  }
}

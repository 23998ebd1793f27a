package io.outcrop.bench.refactor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupingTest {

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
  void filesGoToTheirSourcePackageThroughLinkedDirectories() throws IOException {
    PackagedTree tree = packaged();

    assertThat(tree.packages()).containsOnlyKeys("coreutils", "glibc");
    assertThat(paths(tree.packages().get("coreutils")))
        .containsExactly("usr/bin/ls", "usr/bin/vdir", "var/lib/dpkg/info/coreutils.md5sums");
    assertThat(paths(tree.packages().get("glibc"))).containsExactly("usr/lib/libc.so.6");
    assertThat(paths(tree.rest()))
        .containsExactly(
            "bin",
            "lib",
            "opt",
            "opt/mine",
            "usr",
            "usr/bin",
            "usr/lib",
            "var/lib/dpkg/info/coreutils.list",
            "var/lib/dpkg/info/libc6:amd64.list",
            "var/lib/dpkg/status");
  }

  @Test
  void imageWithoutPackagesIsAllRest() throws IOException {
    PackagedTree tree = PackagedTree.of(List.of(file("a", "x")), spool);

    assertThat(tree.packages()).isEmpty();
    assertThat(new LargestPackages(10).layers(tree)).hasSize(1);
    assertThat(new BinnedPackages(64).layers(tree)).hasSize(1);
  }

  @Test
  void largestPackagesHaveTheirOwnLayer() throws IOException {
    List<List<Entry>> layers = new LargestPackages(2).layers(packages(5));

    assertThat(layers).hasSize(3);
    assertThat(paths(layers.get(0))).containsExactly("f4");
    assertThat(paths(layers.get(1))).containsExactly("f3");
    assertThat(paths(layers.get(2))).containsExactly("f0", "f1", "f2", "private");
  }

  @Test
  void binsHoldEveryPackageOnceWithinTheBudget() throws IOException {
    for (int count : new int[] {1, 9, 10, 11, 40, 300}) {
      List<List<Entry>> layers = new BinnedPackages(10).layers(packages(count));

      assertThat(layers).hasSizeLessThanOrEqualTo(10).hasSize(Math.min(count + 1, 10));
      assertThat(layers.stream().flatMap(List::stream).map(Entry::path))
          .hasSize(count + 1)
          .doesNotHaveDuplicates();
      assertThat(paths(layers.getLast())).containsExactly("private");
    }
  }

  @Test
  void outlierAndBigFileAreNotBinned() throws IOException {
    PackagedTree tree = packages(40);
    tree.packages().put("giant", new ArrayList<>(List.of(file("giant", "x".repeat(100_000)))));
    Entry big = file("opt/big", "y".repeat(1 << 20));
    tree.rest().add(big);
    tree.rest().add(big.linkedAt("opt/link"));

    List<List<Entry>> layers = new BinnedPackages(10).layers(tree);

    assertThat(layers.stream().map(GroupingTest::paths))
        .contains(List.of("giant"), List.of("opt/big", "opt/link"), List.of("private"));
  }

  private PackagedTree packages(int count) throws IOException {
    PackagedTree tree = new PackagedTree(new TreeMap<>(), new ArrayList<>());
    for (int i = 0; i < count; i++) {
      tree.packages()
          .put("package" + i, new ArrayList<>(List.of(file("f" + i, "x".repeat(100 + i)))));
    }
    tree.rest().add(file("private", "p"));
    return tree;
  }

  private PackagedTree packaged() throws IOException {
    Entry ls = file("usr/bin/ls", "elf");
    return PackagedTree.of(
        List.of(
            link("bin", "usr/bin"),
            link("lib", "/usr/lib"),
            directory("opt"),
            file("opt/mine", "1"),
            directory("usr"),
            directory("usr/bin"),
            ls,
            ls.linkedAt("usr/bin/vdir"),
            directory("usr/lib"),
            file("usr/lib/libc.so.6", "elf"),
            file("var/lib/dpkg/info/coreutils.list", "/.\n/bin\n/bin/ls\n"),
            file("var/lib/dpkg/info/coreutils.md5sums", ""),
            file("var/lib/dpkg/info/libc6:amd64.list", "/.\n/bin\n/lib/libc.so.6\n/usr/lib\n"),
            file(
                "var/lib/dpkg/status",
                "Package: coreutils\nVersion: 1\n\nPackage: libc6\nSource: glibc (2.36)\n\n")),
        spool);
  }

  private static List<String> paths(List<Entry> entries) {
    return entries.stream().map(Entry::path).toList();
  }

  private Entry file(String path, String content) throws IOException {
    Content spooled =
        spool.add(
            new ByteArrayInputStream(content.getBytes(java.nio.charset.StandardCharsets.US_ASCII)),
            content.length());
    return entry(path, '0', "", spooled);
  }

  private static Entry link(String path, String target) {
    return entry(path, '2', target, Content.NONE);
  }

  private static Entry directory(String path) {
    return entry(path, '5', "", Content.NONE);
  }

  private static Entry entry(String path, char type, String link, Content content) {
    return new Entry(path, type, 0755, 0, 0, 0, 0, link, 0, Collections.emptySortedMap(), content);
  }
}

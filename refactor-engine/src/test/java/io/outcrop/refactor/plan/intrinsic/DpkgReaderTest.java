package io.outcrop.refactor.plan.intrinsic;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.refactor.tar.RawTar;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class DpkgReaderTest {

  private static final String INFO = "var/lib/dpkg/info/";
  private static final String A = "dpkg a 1.0-1 amd64";
  private static final String B = "dpkg b 1.0-1 amd64";

  private static String stanza(String name, String status) {
    return "Package: %s\nStatus: %s\nArchitecture: amd64\nVersion: 1.0-1\nDescription: x\n .\n y\n\n"
        .formatted(name, status);
  }

  private static RawTar tree() {
    return new RawTar()
        .directory("usr")
        .directory("usr/bin")
        .symlink("bin", "usr/bin")
        .file("usr/bin/a", "a".repeat(5000))
        .file("usr/bin/b", "b".repeat(6000))
        .file("usr/bin/own", "unowned");
  }

  private static RawTar installed() {
    return tree()
        .file(
            "var/lib/dpkg/status",
            stanza("a", "install ok installed") + stanza("b", "hold ok installed"));
  }

  @Test
  void filesOfAPackageAreALayerWithWhatDpkgKeepsOfIt() throws IOException {
    PlannedImage image =
        PlannedImage.of(
            installed()
                .file(INFO + "a.list", "/.\n/usr\n/usr/bin\n/usr/bin/a\n")
                .file(INFO + "a.postinst", "#!/bin/sh")
                .file(INFO + "format", "1")
                .file(INFO + "b:amd64.list", "/.\n/bin\n/bin/b\n/usr/share/doc/b/removed"));
    assertThat(image.names()).containsExactly(B, A, "private");
    assertThat(image.group(A)).containsExactly("usr/bin/a", INFO + "a.postinst");
    assertThat(image.group(B)).containsExactly("usr/bin/b");
    assertThat(image.group("private"))
        .contains("bin", "usr", "usr/bin/own", INFO + "a.list", INFO + "format");
  }

  @Test
  void whatTwoPackagesHaveIsNobodys() throws IOException {
    PlannedImage image =
        PlannedImage.of(
            installed()
                .file(INFO + "a.list", "/usr/bin/a\n/usr/bin/own\n")
                .file(INFO + "b.list", "/usr/bin/b\n/bin/own\n"));
    assertThat(image.groupOf("usr/bin/own")).isEqualTo("private");
  }

  @Test
  void whatIsNotInstalledHasNoFiles() throws IOException {
    PlannedImage image =
        PlannedImage.of(
            tree()
                .file(
                    "var/lib/dpkg/status",
                    stanza("a", "deinstall ok config-files") + stanza("b", "install ok installed"))
                .file(INFO + "a.list", "/usr/bin/a\n")
                .file(INFO + "b.list", "/usr/bin/b\n")
                .file(INFO + "unknown.list", "/usr/bin/own\n"));
    assertThat(image.names()).containsExactly(B, "files in usr/bin", "private");
    assertThat(image.group("files in usr/bin")).containsExactly("usr/bin/a", "usr/bin/own");
  }

  @Test
  void distrolessImagesHaveAStatusFileForEachPackage() throws IOException {
    String sum = "0".repeat(32);
    PlannedImage image =
        PlannedImage.of(
            tree()
                .file(
                    "var/lib/dpkg/status.d/a", "Package: a\nVersion: 1.0-1\nArchitecture: amd64\n")
                .file(
                    "var/lib/dpkg/status.d/a.md5sums", sum + "  usr/bin/a\nshort\n" + sum + "  \n")
                .file(
                    "var/lib/dpkg/status.d/b", "Package: b\nVersion: 1.0-1\nArchitecture: amd64\n")
                .file("var/lib/dpkg/status.d/b.md5sums", sum + "  bin/b\n"));
    assertThat(image.group(A))
        .containsExactly("usr/bin/a", "var/lib/dpkg/status.d/a", "var/lib/dpkg/status.d/a.md5sums");
    assertThat(image.group(B)).contains("usr/bin/b");
  }

  @Test
  void configurationAndLinksOfTheSystemAreLeftOut() throws IOException {
    PlannedImage image =
        PlannedImage.of(
            installed()
                .file("etc/a.conf", "c")
                .symlink("var/run", "/run")
                .file(INFO + "a.list", "/bin\n/usr/bin/a\n/etc/a.conf\n/var/run\n"));
    assertThat(image.group(A)).containsExactly("usr/bin/a");
    assertThat(image.group("private")).contains("bin", "etc/a.conf", "var/run");
  }

  @Test
  void documentationIsApartSoThatSlimImagesShareTheRest() throws IOException {
    String list = "/usr/bin/a\n/usr/share/doc/a/changelog.gz\n/usr/share/doc/a/copyright\n";
    PlannedImage full =
        PlannedImage.of(
            installed()
                .file("usr/share/doc/a/changelog.gz", "c".repeat(4096))
                .file("usr/share/doc/a/copyright", "GPL")
                .file(INFO + "a.list", list));
    PlannedImage slim =
        PlannedImage.of(
            installed().file("usr/share/doc/a/copyright", "GPL").file(INFO + "a.list", list));
    assertThat(full.key(A)).isEqualTo(slim.key(A));
    assertThat(full.group(A + " documentation")).containsExactly("usr/share/doc/a/changelog.gz");
  }
}

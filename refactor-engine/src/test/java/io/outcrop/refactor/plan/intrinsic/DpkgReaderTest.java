package io.outcrop.refactor.plan.intrinsic;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.refactor.tar.RawTar;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class DpkgReaderTest {

  private static final String INFO = "var/lib/dpkg/info/";

  private static String status(String... packages) {
    StringBuilder status = new StringBuilder();
    for (String name : packages) {
      status.append(
          "Package: %s\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.0-1\n\n"
              .formatted(name));
    }
    return status.toString();
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

  @Test
  void filesOfAPackageAreALayerWithWhatDpkgKeepsOfIt() throws IOException {
    PlannedImage image =
        PlannedImage.of(
            tree()
                .file("var/lib/dpkg/status", status("a", "b"))
                .file(INFO + "a.list", "/.\n/usr\n/usr/bin\n/usr/bin/a\n")
                .file(INFO + "a.postinst", "#!/bin/sh")
                .file(INFO + "b:amd64.list", "/.\n/bin\n/bin/b\n/usr/share/doc/b/removed\n"));
    assertThat(image.names())
        .containsExactly("dpkg b 1.0-1 amd64", "dpkg a 1.0-1 amd64", "private");
    assertThat(image.group("dpkg a 1.0-1 amd64")).containsExactly("usr/bin/a", INFO + "a.postinst");
    assertThat(image.group("dpkg b 1.0-1 amd64")).containsExactly("usr/bin/b");
    assertThat(image.group("private"))
        .contains("bin", "usr", "usr/bin", "usr/bin/own", INFO + "a.list", "var/lib/dpkg/status");
  }
}

package io.outcrop.refactor.plan.intrinsic;

import java.util.List;

/**
 * Files that differ between images although the same packages are installed: one of them in a layer
 * makes it another one. All of {@code etc} is among them, as it is there to be changed, and what is
 * in there is small.
 */
final class VolatilePaths {

  private static final List<String> DIRECTORIES =
      List.of(
          "etc/",
          "dev/",
          "proc/",
          "sys/",
          "run/",
          "tmp/",
          "var/cache/",
          "var/log/",
          "var/tmp/",
          "var/run/",
          "var/lib/apt/",
          "var/lib/rpm/",
          "var/lib/rpm-state/",
          "var/lib/dnf/",
          "var/lib/yum/",
          "var/lib/zypp/",
          "usr/lib/sysimage/",
          "lib/apk/db/",
          "usr/lib/apk/db/",
          "var/lib/ucf/",
          "var/lib/systemd/",
          "root/.cache/");

  private static final String DPKG = "var/lib/dpkg/";

  private VolatilePaths() {}

  static boolean contains(String path) {
    return DIRECTORIES.stream().anyMatch(path::startsWith)
        || (path.startsWith(DPKG) && isDpkgState(path.substring(DPKG.length())));
  }

  /**
   * What dpkg keeps of each package is from the package, but for the list of its files, which dpkg
   * writes when it installs it.
   */
  private static boolean isDpkgState(String path) {
    return path.startsWith("info/")
        ? path.endsWith(".list") || path.indexOf('.') < 0
        : !path.startsWith("status.d/");
  }
}

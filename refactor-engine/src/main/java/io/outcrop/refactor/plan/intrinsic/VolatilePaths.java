package io.outcrop.refactor.plan.intrinsic;

import java.util.List;
import java.util.Set;

/**
 * Files that differ between images although the same packages are installed: one of them in a layer
 * makes it another one.
 */
final class VolatilePaths {

  private static final Set<String> FILES =
      Set.of(
          "etc/passwd",
          "etc/passwd-",
          "etc/group",
          "etc/group-",
          "etc/shadow",
          "etc/shadow-",
          "etc/gshadow",
          "etc/gshadow-",
          "etc/subuid",
          "etc/subuid-",
          "etc/subgid",
          "etc/subgid-",
          "etc/hostname",
          "etc/hosts",
          "etc/resolv.conf",
          "etc/machine-id",
          "etc/mtab",
          "etc/ld.so.cache",
          "etc/.pwd.lock",
          "etc/timezone",
          "etc/environment",
          "etc/apk/world",
          "etc/.updated",
          "var/.updated");

  private static final List<String> DIRECTORIES =
      List.of(
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
          "root/.cache/");

  private static final String DPKG = "var/lib/dpkg/";

  private VolatilePaths() {}

  static boolean contains(String path) {
    return FILES.contains(path)
        || DIRECTORIES.stream().anyMatch(path::startsWith)
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

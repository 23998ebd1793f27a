package io.outcrop.refactor.plan.epoch;

import java.util.List;

/**
 * Files that images built alike do not have alike: settings, caches, and what package managers keep
 * of an installation. One of them would make a bundle useless for the next image, so that they are
 * kept apart from what lasts.
 */
final class VolatileFiles {

  private static final List<String> DIRECTORIES =
      List.of(
          "etc/",
          "dev/",
          "proc/",
          "sys/",
          "run/",
          "tmp/",
          "root/",
          "var/cache/",
          "var/log/",
          "var/run/",
          "var/tmp/",
          "var/lib/apt/",
          "var/lib/dnf/",
          "var/lib/rpm/",
          "var/lib/rpm-state/",
          "var/lib/systemd/",
          "var/lib/ucf/",
          "var/lib/yum/",
          "var/lib/zypp/",
          "usr/lib/sysimage/",
          "lib/apk/db/",
          "usr/lib/apk/db/");

  private static final String DPKG = "var/lib/dpkg/";
  private static final String DPKG_PACKAGES = "var/lib/dpkg/info/";
  private static final String DISTROLESS_PACKAGES = "var/lib/dpkg/status.d/";

  private VolatileFiles() {}

  static boolean contains(String path) {
    if (path.startsWith(DPKG)) {
      return !path.startsWith(DISTROLESS_PACKAGES)
          && (!path.startsWith(DPKG_PACKAGES) || path.endsWith(".list"));
    }
    return DIRECTORIES.stream().anyMatch(path::startsWith);
  }
}

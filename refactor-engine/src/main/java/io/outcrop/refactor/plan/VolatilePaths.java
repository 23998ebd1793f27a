package io.outcrop.refactor.plan;

import java.util.List;

/**
 * Files that differ between images although the same packages are installed: one of them in a layer
 * makes it another one. All of {@code etc} is among them, as it is there to be changed, and what is
 * in there is small. One of them in a bundle would take the whole of it from the next image.
 */
public final class VolatilePaths {

  // The directory itself may be a symbolic link, as /var/run is: a script of a package makes it.
  private static final List<String> DIRECTORIES =
      List.of(
          "etc",
          "dev",
          "proc",
          "sys",
          "run",
          "tmp",
          "var/cache",
          "var/lock",
          "var/log",
          "var/mail",
          "var/run",
          "var/spool/mail",
          "var/tmp",
          "var/lib/apt",
          "var/lib/dnf",
          "var/lib/rpm",
          "var/lib/rpm-state",
          "var/lib/systemd",
          "var/lib/ucf",
          "var/lib/yum",
          "var/lib/zypp",
          "usr/lib/sysimage",
          "lib/apk/db",
          "usr/lib/apk/db",
          "root");

  private static final String DPKG = "var/lib/dpkg/";

  private VolatilePaths() {}

  /** Whether a path, without a slash before it, is one of them. */
  public static boolean contains(String path) {
    return DIRECTORIES.stream().anyMatch(directory -> isWithin(path, directory))
        || (path.startsWith(DPKG) && isDpkgState(path.substring(DPKG.length())));
  }

  private static boolean isWithin(String path, String directory) {
    return path.startsWith(directory)
        && (path.length() == directory.length() || path.charAt(directory.length()) == '/');
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

package io.outcrop.proxy.config;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Finds what this machine is called, to be the name of an edge that was given none. */
final class HostName {

  /** What a name among edges, and a zone, looks like. */
  static final Pattern FORM = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?");

  private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

  private HostName() {}

  /** The host name, or {@code edge} if there is none that fits. */
  static String find(Map<String, String> environment) {
    return fitting(Optional.ofNullable(environment.get("HOSTNAME")))
        .or(() -> fitting(fromKernel()))
        .or(() -> fitting(fromResolver()))
        .orElse("edge");
  }

  private static Optional<String> fitting(Optional<String> name) {
    return name.map(String::strip).filter(text -> FORM.matcher(text).matches());
  }

  private static Optional<String> fromKernel() {
    try {
      return Optional.of(Files.readString(KERNEL));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Last, since it may wait for a name server; Linux never comes here. */
  private static Optional<String> fromResolver() {
    try {
      return Optional.of(InetAddress.getLocalHost().getHostName());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}

package io.outcrop.proxy.upstream;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The hosts that {@code NO_PROXY} lists: names with what is below them, addresses, blocks, or all.
 */
final class NoProxy {

  private final List<String> entries = new ArrayList<>();

  NoProxy(String list) {
    for (String entry : list.toLowerCase(Locale.ROOT).split("[,\\s]+", -1)) {
      if (!entry.isEmpty()) {
        entries.add(entry);
      }
    }
  }

  boolean covers(String host, int port) {
    String name = host.toLowerCase(Locale.ROOT);
    Optional<InetAddress> address = literal(name);
    return name.equals("localhost")
        || address.filter(InetAddress::isLoopbackAddress).isPresent()
        || entries.stream().anyMatch(entry -> covers(entry, name, port, address));
  }

  private static boolean covers(
      String entry, String name, int port, Optional<InetAddress> address) {
    if (entry.equals("*")) {
      return true;
    }
    int slash = entry.indexOf('/');
    if (slash > 0) {
      return address.isPresent()
          && contains(entry.substring(0, slash), entry.substring(slash + 1), address.get());
    }
    String wanted = entry;
    int colon = entry.lastIndexOf(':');
    if (colon > 0 && entry.indexOf(':') == colon) {
      if (!entry.substring(colon + 1).equals(Integer.toString(port))) {
        return false;
      }
      wanted = entry.substring(0, colon);
    }
    String suffix = wanted.startsWith("*.") ? wanted.substring(1) : wanted;
    return suffix.startsWith(".")
        ? name.endsWith(suffix)
        : name.equals(suffix) || name.endsWith('.' + suffix);
  }

  private static boolean contains(String network, String length, InetAddress address) {
    Optional<InetAddress> base = literal(network);
    if (base.isEmpty() || !length.matches("[0-9]{1,3}")) {
      return false;
    }
    byte[] wanted = base.get().getAddress();
    byte[] given = address.getAddress();
    int bits = Integer.parseInt(length);
    if (wanted.length != given.length || bits > wanted.length * Byte.SIZE) {
      return false;
    }
    for (int i = 0; i < bits; i++) {
      int mask = 0x80 >> i % Byte.SIZE;
      if (((wanted[i / Byte.SIZE] ^ given[i / Byte.SIZE]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }

  private static Optional<InetAddress> literal(String host) {
    String bare =
        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    try {
      return Optional.of(InetAddress.ofLiteral(bare));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}

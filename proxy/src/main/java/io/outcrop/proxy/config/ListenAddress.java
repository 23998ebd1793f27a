package io.outcrop.proxy.config;

import java.net.InetSocketAddress;
import java.util.regex.Pattern;

/**
 * An address to listen on; IPv6 hosts are written in brackets.
 *
 * @param host host name or address
 * @param port port, 0 for any free one
 */
public record ListenAddress(String host, int port) {

  private static final int MAX_PORT = 65_535;
  private static final Pattern LOOPBACK_V4 =
      Pattern.compile("127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}");

  /**
   * @throws IllegalArgumentException if the port is out of range
   */
  public ListenAddress {
    if (port < 0 || port > MAX_PORT) {
      throw new IllegalArgumentException("port: " + port + " (expected: 0 to " + MAX_PORT + ")");
    }
  }

  /**
   * Reads {@code host:port} or {@code [v6]:port}.
   *
   * @throws IllegalArgumentException if the text has no port, or none that is a number
   */
  public static ListenAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    if (host.isEmpty() || !text.substring(colon + 1).matches("[0-9]{1,5}")) {
      throw new IllegalArgumentException(
          "listen address: " + text + " (expected: host:port, such as 0.0.0.0:5000)");
    }
    return new ListenAddress(host, Integer.parseInt(text.substring(colon + 1)));
  }

  /** Whether only this machine reaches the address. */
  public boolean isLoopback() {
    return isLoopback(host);
  }

  /** Whether a host name or address can only mean this machine. */
  public static boolean isLoopback(String host) {
    return host.equalsIgnoreCase("localhost")
        || LOOPBACK_V4.matcher(host).matches()
        || host.equals("::1")
        || host.equals("0:0:0:0:0:0:0:1");
  }

  /** The address for the operating system; the host name is looked up here. */
  public InetSocketAddress toSocketAddress() {
    return new InetSocketAddress(host, port);
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? '[' + host + ']' : host) + ':' + port;
  }
}

package io.outcrop.proxy.upstream;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Resolves addresses that servers send, as browsers do and {@link URI} alone does not. */
final class Addresses {

  private static final String REJECTED = " \"<>\\^`{|}";
  private static final int MAX_PORT = 65_535;

  private Addresses() {}

  /**
   * The address that a reference means on a page.
   *
   * @throws IllegalArgumentException if it means none
   */
  static URI resolve(URI base, String reference) {
    String text = escape(reference.strip());
    URI resolved =
        text.startsWith("?")
            // URI follows RFC 2396 here and would drop the last segment of the path.
            ? URI.create(
                base.getScheme() + "://" + base.getRawAuthority() + base.getRawPath() + text)
            : base.resolve(text);
    if (resolved.getPort() > MAX_PORT) {
      throw new IllegalArgumentException("port: " + resolved.getPort());
    }
    return resolved;
  }

  /** Servers send characters as they are that ought to be escaped, and clients put up with it. */
  private static String escape(String text) {
    StringBuilder escaped = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b <= 0 || REJECTED.indexOf(b) >= 0) {
        escaped.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
      } else {
        escaped.append((char) b);
      }
    }
    return escaped.toString();
  }
}

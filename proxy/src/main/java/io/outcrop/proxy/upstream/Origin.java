package io.outcrop.proxy.upstream;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/**
 * Whom a credential is for.
 *
 * @param scheme lower-case scheme
 * @param host lower-case host
 * @param port the port, the scheme's own where none is written
 */
record Origin(String scheme, String host, int port) {

  static Origin of(URI address) {
    String scheme = lower(address.getScheme());
    int port = address.getPort();
    if (port < 0) {
      port = scheme.equals("https") ? 443 : 80;
    }
    return new Origin(scheme, lower(address.getHost()), port);
  }

  private static String lower(String text) {
    return Optional.ofNullable(text).orElse("").toLowerCase(Locale.ROOT);
  }
}

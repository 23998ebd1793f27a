package io.outcrop.proxy.config;

import java.nio.file.Path;
import java.util.Optional;

/** Reads certificates, of a listener or towards an upstream. */
final class TlsReader {

  private static final Form<Path> PEM = Form.path("path of a PEM file");

  private TlsReader() {}

  /** Reads whom to trust and as whom to appear. */
  static ClientTlsConfig client(ConfigSection section) {
    return new ClientTlsConfig(section.read("ca", PEM), pair(section));
  }

  /** Reads the certificate of a listener, which must be there. */
  static Optional<ServerTlsConfig> server(ConfigSection section) {
    Optional<ServerTlsConfig> pair = pair(section);
    if (!section.hasOwn("certificate") && !section.hasOwn("key")) {
      section.problem("an empty section (expected: certificate and key)");
    }
    return pair;
  }

  private static Optional<ServerTlsConfig> pair(ConfigSection section) {
    Optional<Path> certificate = section.read("certificate", PEM);
    Optional<Path> key = section.read("key", PEM);
    if (section.hasOwn("certificate") != section.hasOwn("key")) {
      section.problem("half of a pair (expected: both certificate and key)");
    }
    return certificate.flatMap(chain -> key.map(secret -> new ServerTlsConfig(chain, secret)));
  }
}

package io.outcrop.proxy.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Whom to trust at an upstream, and as whom to appear.
 *
 * @param ca PEM file of further authorities to trust, beside the platform's own
 * @param clientCertificate certificate and key to present
 */
public record ClientTlsConfig(Optional<Path> ca, Optional<ServerTlsConfig> clientCertificate) {

  /** The platform's authorities, no client certificate. */
  public static final ClientTlsConfig PLATFORM =
      new ClientTlsConfig(Optional.empty(), Optional.empty());
}

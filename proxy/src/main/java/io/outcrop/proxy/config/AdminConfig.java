package io.outcrop.proxy.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The listener that operators and monitoring talk to.
 *
 * @param listen where it listens; loopback unless set
 * @param tokenFile the file with the secret that clients must have; needed beyond loopback
 * @param tls its certificate; plain HTTP if absent
 */
public record AdminConfig(
    ListenAddress listen, Optional<Path> tokenFile, Optional<ServerTlsConfig> tls) {}

package io.outcrop.proxy.config;

import java.time.Duration;
import java.util.Optional;

/**
 * The listener that container runtimes talk to.
 *
 * @param listen where it listens
 * @param tls its certificate; plain HTTP where there is none
 * @param maxConnections connections open at once; more are closed as they come
 * @param maxHeaderSize bytes of all the headers of a request
 * @param idleTimeout how long a connection may stay open between requests
 * @param headerTimeout how long a client may take to send the headers of a request
 * @param slowClientTimeout how long a client may take none of the bytes waiting for it
 * @param accessLog where requests are logged
 */
public record RegistryConfig(
    ListenAddress listen,
    Optional<ServerTlsConfig> tls,
    int maxConnections,
    ByteSize maxHeaderSize,
    Duration idleTimeout,
    Duration headerTimeout,
    Duration slowClientTimeout,
    AccessLog accessLog) {}

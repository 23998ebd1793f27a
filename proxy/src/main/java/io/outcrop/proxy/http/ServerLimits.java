package io.outcrop.proxy.http;

import java.time.Duration;

/**
 * What one client, and all of them together, may take of a listener.
 *
 * @param maxConnections connections open at once; more are closed as they come
 * @param maxHeaderBytes bytes of all headers of a request
 * @param idleTimeout how long a connection may stay open between requests
 * @param headerTimeout how long a client may take to send the headers of a request
 * @param slowClientTimeout how long a client may take none of the bytes waiting for it, or send
 *     none of those it is waited for
 */
public record ServerLimits(
    int maxConnections,
    int maxHeaderBytes,
    Duration idleTimeout,
    Duration headerTimeout,
    Duration slowClientTimeout) {}

package io.outcrop.proxy.config;

/**
 * The listener that operators and monitoring talk to.
 *
 * @param listen where it listens; loopback unless set
 */
public record AdminConfig(ListenAddress listen) {}

package io.outcrop.proxy.config;

import java.net.URI;

/** The way out to an upstream. */
public sealed interface ProxyConfig {

  /** As {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code NO_PROXY} say. */
  record FromEnvironment() implements ProxyConfig {}

  /** Straight. */
  record Direct() implements ProxyConfig {}

  /**
   * Through an HTTP proxy.
   *
   * @param address {@code http://host:port}
   */
  record Through(URI address) implements ProxyConfig {}
}

package io.outcrop.proxy.upstream;

import io.outcrop.oci.Namespace;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How an upstream is.
 *
 * @param namespace which one
 * @param endpoints its endpoints, as configured
 */
public record UpstreamStatus(Namespace namespace, List<EndpointStatus> endpoints) {

  /** Copies what is mutable. */
  public UpstreamStatus {
    endpoints = List.copyOf(endpoints);
  }

  /** Whether at least one endpoint takes requests. */
  public boolean healthy() {
    return endpoints.stream().anyMatch(EndpointStatus::healthy);
  }

  /** Whether an endpoint takes requests. */
  public enum Circuit {
    /** It does. */
    CLOSED,
    /** It failed; requests fail at once. */
    OPEN,
    /** It failed, and is being tried again. */
    HALF_OPEN
  }

  /**
   * How an endpoint is.
   *
   * @param address as configured
   * @param circuit whether it takes requests
   * @param latency from request to the headers of the answer, as a moving average; zero before the
   *     first
   * @param lastAnswerAt when it last answered
   * @param lastError the last failure, also after recovery
   * @param lastErrorAt when that was
   * @param rateLimit what it says may still be asked
   */
  public record EndpointStatus(
      URI address,
      Circuit circuit,
      Duration latency,
      Optional<Instant> lastAnswerAt,
      Optional<String> lastError,
      Optional<Instant> lastErrorAt,
      RateLimit rateLimit) {

    /** Whether it takes requests. */
    public boolean healthy() {
      return circuit == Circuit.CLOSED;
    }
  }

  /**
   * What an endpoint says may still be asked of it.
   *
   * @param limit requests in a window
   * @param remaining requests left in this window
   * @param window its length
   * @param source what is counted, such as an address or a user
   * @param retryAfter until when nothing is asked, after it answered 429
   */
  public record RateLimit(
      OptionalLong limit,
      OptionalLong remaining,
      Optional<Duration> window,
      Optional<String> source,
      Optional<Instant> retryAfter) {}
}

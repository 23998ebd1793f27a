package io.outcrop.proxy.config;

import io.outcrop.oci.Namespace;
import io.outcrop.oci.RepositoryName;
import io.outcrop.oci.Tag;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One registry that may be fetched from.
 *
 * @param namespace its host in image references
 * @param endpoints base addresses, tried in this order; at least one
 * @param tags how long what a tag means is believed
 * @param credentials how to log in there
 * @param tls whom to trust, and as whom to appear
 * @param proxy the way out
 * @param limits what may be asked of it at once
 * @param timeouts how long to wait for it
 * @param prefetch whether layers are fetched ahead of clients that are expected to ask for them
 * @param refactor which of its images are refactored
 * @param tokenHosts further hosts that may be asked for tokens, beyond those of the endpoint's own
 *     registrable domain
 */
public record UpstreamConfig(
    Namespace namespace,
    List<URI> endpoints,
    TagConfig tags,
    CredentialConfig credentials,
    ClientTlsConfig tls,
    ProxyConfig proxy,
    UpstreamLimits limits,
    UpstreamTimeouts timeouts,
    boolean prefetch,
    RefactorRules refactor,
    List<String> tokenHosts) {

  /** Copies what is mutable. */
  public UpstreamConfig {
    endpoints = List.copyOf(endpoints);
    tokenHosts = List.copyOf(tokenHosts);
    if (endpoints.isEmpty()) {
      throw new IllegalArgumentException("endpoints of " + namespace + ": none (expected: >= 1)");
    }
  }

  /**
   * How long what a tag means is believed.
   *
   * @param freshness for how long a tag is answered without asking
   * @param staleWhileRevalidate for how long after that it is answered at once and asked behind
   * @param negativeFreshness for how long an unknown tag or blob stays unknown without asking
   * @param immutable patterns over {@code repository:tag}; what matches is asked once and for all
   */
  public record TagConfig(
      Duration freshness,
      Duration staleWhileRevalidate,
      Duration negativeFreshness,
      List<Pattern> immutable) {

    /** Copies what is mutable. */
    public TagConfig {
      immutable = List.copyOf(immutable);
    }

    /** Whether a tag never changes, by the operator's word. */
    public boolean isImmutable(RepositoryName repository, Tag tag) {
      String name = repository.value() + ':' + tag.value();
      return immutable.stream().anyMatch(pattern -> pattern.matcher(name).matches());
    }
  }

  /**
   * What may be asked of an upstream.
   *
   * @param concurrentRequests requests under way at once; further ones wait
   * @param requestsPerSecond requests begun in a second; none where unlimited
   * @param bandwidthPerSecond bytes of content taken in a second; none where unlimited
   */
  public record UpstreamLimits(
      int concurrentRequests,
      Optional<Integer> requestsPerSecond,
      Optional<ByteSize> bandwidthPerSecond) {}

  /**
   * How long to wait for an upstream.
   *
   * @param connect for a connection, TLS included
   * @param response from a request to the headers of its answer
   * @param stall between two reads of a body; no bound is set on the whole of it
   */
  public record UpstreamTimeouts(Duration connect, Duration response, Duration stall) {}
}

package io.outcrop.proxy.upstream;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Namespace;
import io.outcrop.oci.Reference;
import io.outcrop.oci.RepositoryName;
import io.outcrop.proxy.config.ClientTlsConfig;
import io.outcrop.proxy.config.UpstreamConfig;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A registry that is fetched from.
 *
 * <p>Thread-safe. Every method blocks until the answer is there or a timeout says there will be
 * none, and is meant for virtual threads; interrupting one ends its request.
 */
public final class Upstream implements AutoCloseable {

  private final UpstreamConfig config;
  private final Optional<HttpClient> ownClient;
  private final List<Endpoint> endpoints;
  private final Failover failover;
  private final BlobReader blobs;
  private final UpstreamMetrics metrics;

  private Upstream(
      UpstreamConfig config,
      Optional<HttpClient> ownClient,
      List<EndpointClient> clients,
      Limits limits,
      UpstreamMetrics metrics) {
    this.config = config;
    this.ownClient = ownClient;
    this.endpoints = clients.stream().map(EndpointClient::endpoint).toList();
    this.failover = new Failover(clients);
    this.blobs = new BlobReader(limits, metrics);
    this.metrics = metrics;
    for (Endpoint endpoint : endpoints) {
      metrics.healthy(endpoint.address().label(), endpoint, e -> e.isHealthy() ? 1 : 0);
    }
    metrics.rateLimitRemaining(this, Upstream::rateLimitRemaining);
  }

  /**
   * Makes an upstream; nothing is sent yet.
   *
   * @throws IllegalArgumentException if the configuration cannot work: an unreadable certificate, a
   *     malformed address
   */
  public static Upstream open(UpstreamConfig config, UpstreamResources resources) {
    ProxyRules proxy = ProxyRules.of(config.proxy(), resources.environment());
    List<EndpointAddress> addresses = config.endpoints().stream().map(EndpointAddress::of).toList();
    boolean shared = config.tls().equals(ClientTlsConfig.PLATFORM);
    HttpClient client =
        shared
            ? resources.clients().shared(config.proxy(), proxy, config.timeouts().connect())
            : resources.clients().own(config.tls(), proxy, config.timeouts().connect());
    HttpTransport transport =
        new HttpTransport(
            client,
            proxy,
            config.timeouts(),
            UpstreamResources.userAgent(),
            config.tls().clientCertificate().isEmpty());
    CredentialStore credentials =
        CredentialStore.of(
            config.credentials(), config.namespace(), resources.environment(), resources.clock());
    RealmPolicy realms = new RealmPolicy(config.tokenHosts());
    TokenCache tokens =
        new TokenCache(new TokenClient(transport, resources.clock()), resources.clock());
    Limits limits = new Limits(config.limits());
    UpstreamMetrics metrics = new UpstreamMetrics(resources.meters(), config.namespace());
    List<EndpointClient> clients = new ArrayList<>();
    for (EndpointAddress address : addresses) {
      Endpoint endpoint =
          new Endpoint(address, transport, resources.clock(), resources.scheduler());
      Login login = new Login(address.configured(), credentials, realms, tokens);
      clients.add(new EndpointClient(endpoint, transport, login, limits, metrics));
    }
    return new Upstream(
        config, shared ? Optional.empty() : Optional.of(client), clients, limits, metrics);
  }

  /** The namespace it is the registry of. */
  public Namespace namespace() {
    return config.namespace();
  }

  /** What it was made of. */
  public UpstreamConfig config() {
    return config;
  }

  /** Asks what a manifest is, without fetching it where the upstream allows that. */
  public ManifestHead headManifest(RepositoryName repository, Reference reference)
      throws UpstreamException {
    return failover.ask(client -> ManifestReader.head(client, repository, reference));
  }

  /** Fetches a manifest and verifies it. */
  public FetchedManifest getManifest(RepositoryName repository, Reference reference)
      throws UpstreamException {
    return failover.ask(client -> ManifestReader.get(client, repository, reference));
  }

  /** Asks for the length of a blob. */
  public long headBlob(RepositoryName repository, Digest digest) throws UpstreamException {
    return failover.ask(client -> blobs.size(client, repository, digest));
  }

  /**
   * Opens a blob from some offset on; the caller hashes, and closes.
   *
   * @param offset at least 0; the stream may start earlier
   */
  public BlobStream openBlob(RepositoryName repository, Digest digest, long offset)
      throws UpstreamException {
    return failover.ask(client -> blobs.open(client, repository, digest, offset));
  }

  /**
   * Lists tags.
   *
   * @param n how many to ask for
   * @param last the tag to start after
   */
  public TagPage tags(RepositoryName repository, OptionalInt n, Optional<String> last)
      throws UpstreamException {
    return failover.ask(client -> TagLister.list(client, repository, n, last));
  }

  /** Lists what refers to a manifest; nothing where the upstream knows of nothing. */
  public Referrers referrers(RepositoryName repository, Digest subject) throws UpstreamException {
    return failover.ask(client -> ReferrersReader.list(client, repository, subject));
  }

  /** How it is. */
  public UpstreamStatus status() {
    return new UpstreamStatus(
        config.namespace(), endpoints.stream().map(Endpoint::status).toList());
  }

  private double rateLimitRemaining() {
    return endpoints.stream()
        .map(endpoint -> endpoint.budget().snapshot().remaining())
        .filter(OptionalLong::isPresent)
        .mapToDouble(OptionalLong::getAsLong)
        .min()
        .orElse(Double.NaN);
  }

  /** Ends what is in the background; requests under way may go on. */
  @Override
  public void close() {
    endpoints.forEach(Endpoint::close);
    metrics.close();
    ownClient.ifPresent(HttpClient::shutdown);
  }
}

package io.outcrop.proxy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.outcrop.proxy.admin.AdminGuard;
import io.outcrop.proxy.admin.AdminRoutes;
import io.outcrop.proxy.admin.AdminToken;
import io.outcrop.proxy.admin.ContentRoutes;
import io.outcrop.proxy.admin.HealthRoutes;
import io.outcrop.proxy.admin.ImageRoutes;
import io.outcrop.proxy.admin.JobRoutes;
import io.outcrop.proxy.admin.NameRoutes;
import io.outcrop.proxy.admin.OpenApiRoutes;
import io.outcrop.proxy.admin.PinRoutes;
import io.outcrop.proxy.admin.RefactorRoutes;
import io.outcrop.proxy.admin.RefactorViews;
import io.outcrop.proxy.admin.Route;
import io.outcrop.proxy.admin.ScrubRoutes;
import io.outcrop.proxy.admin.StatusDocument;
import io.outcrop.proxy.config.AdminConfig;
import io.outcrop.proxy.config.OutcropConfig;
import io.outcrop.proxy.config.RegistryConfig;
import io.outcrop.proxy.config.ServerTlsConfig;
import io.outcrop.proxy.config.StorageConfig;
import io.outcrop.proxy.config.StorageConfig.ScrubConfig;
import io.outcrop.proxy.config.UpstreamConfig;
import io.outcrop.proxy.fill.Fills;
import io.outcrop.proxy.http.Exchange;
import io.outcrop.proxy.http.ExchangeObserver;
import io.outcrop.proxy.http.HttpServer;
import io.outcrop.proxy.http.ServerLimits;
import io.outcrop.proxy.http.ServerTls;
import io.outcrop.proxy.images.ImageCatalog;
import io.outcrop.proxy.images.ImageEviction;
import io.outcrop.proxy.images.ImageFetcher;
import io.outcrop.proxy.images.ImageGraph;
import io.outcrop.proxy.images.PinService;
import io.outcrop.proxy.images.PinUpkeep;
import io.outcrop.proxy.images.PrefetchJobs;
import io.outcrop.proxy.images.PrefetchService;
import io.outcrop.proxy.jobs.Jobs;
import io.outcrop.proxy.metrics.ProcessMetrics;
import io.outcrop.proxy.metrics.ProxyMetrics;
import io.outcrop.proxy.names.NameMapper;
import io.outcrop.proxy.refactor.RebuildCost;
import io.outcrop.proxy.refactor.Refactoring;
import io.outcrop.proxy.registry.AccessLogWriter;
import io.outcrop.proxy.registry.Listings;
import io.outcrop.proxy.registry.RegistryApi;
import io.outcrop.proxy.registry.RegistryObserver;
import io.outcrop.proxy.repair.Repairer;
import io.outcrop.proxy.resolve.BlobService;
import io.outcrop.proxy.resolve.ManifestService;
import io.outcrop.proxy.resolve.ReferrersService;
import io.outcrop.proxy.resolve.TagListService;
import io.outcrop.proxy.resolve.Upstreams;
import io.outcrop.proxy.transfer.ContentTransfer;
import io.outcrop.proxy.transfer.KnownNames;
import io.outcrop.proxy.transfer.ReferrerIntake;
import io.outcrop.proxy.upstream.Upstream;
import io.outcrop.proxy.upstream.UpstreamResources;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.ScrubOptions;
import io.outcrop.storage.Scrubber;
import io.outcrop.storage.StoreOptions;
import io.outcrop.storage.cache.LinkEstimate;
import io.outcrop.storage.cache.RefetchCost;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One running Outcrop: everything it consists of, put together, started and stopped. */
public final class Edge implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Edge.class);
  private static final int MIN_LOOPS = 2;
  private static final int UNKNOWN_CLIENT = 0;
  private static final Duration CERTIFICATE_CHECK = Duration.ofSeconds(5);
  private static final ServerLimits ADMIN_LIMITS =
      new ServerLimits(
          256, 16 << 10, Duration.ofMinutes(2), Duration.ofSeconds(10), Duration.ofSeconds(60));

  // What to close, the last opened first.
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final HttpServer registry;
  private final HttpServer admin;
  private final List<Route> routes;
  private volatile boolean ready;

  private Edge(OutcropConfig config, Map<String, String> environment, InstantSource clock)
      throws IOException {
    try {
      PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
      opened.push(meters::close);
      ProxyMetrics metrics = new ProxyMetrics(meters);
      ProcessMetrics.bind(meters);
      LinkEstimate link = new LinkEstimate();
      RebuildCost costs = new RebuildCost(link);
      ContentStore store = open(ContentStore.open(storeOptions(config.storage(), costs, clock)));
      metrics.watch(store);
      UpstreamResources resources = open(new UpstreamResources(meters, clock, environment));
      Upstreams upstreams =
          open(
              new Upstreams(
                  config.upstreams().stream()
                      .map(upstream -> Upstream.open(upstream, resources))
                      .toList()));
      ExecutorService threads =
          Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("request-", 0).factory());
      opened.push(threads::shutdownNow);
      Refactoring refactoring =
          open(
              new Refactoring(
                  config.refactor(),
                  config.storage().path().resolve("refactor"),
                  store,
                  upstreams,
                  costs,
                  metrics,
                  clock));
      ManifestService manifests =
          new ManifestService(store, upstreams, refactoring.content(), clock, threads);
      Fills fills = open(new Fills(store, refactoring.source(manifests), metrics, link));
      metrics.watch(fills);
      ScrubOptions scrubOptions = scrubOptions(config.storage().scrub());
      Scrubber scrubber = open(store.scrubber(scrubOptions));
      metrics.watch(scrubber);
      AccessLogWriter accessLog = open(new AccessLogWriter(config.registry().accessLog()));
      NameMapper names =
          new NameMapper(
              config.upstreams().stream()
                  .map(UpstreamConfig::namespace)
                  .collect(Collectors.toUnmodifiableSet()),
              config.defaultNamespace());
      BlobService blobs = new BlobService(store, upstreams, fills, refactoring.content(), threads);
      PrefetchService prefetch = open(new PrefetchService(store, upstreams, fills, clock));
      metrics.watch(prefetch);
      Repairer repairer =
          open(
              new Repairer(
                  store,
                  upstreams.all().stream().map(Upstream::namespace).collect(Collectors.toSet()),
                  fills,
                  (repository, digest) -> manifests.get(repository, digest, UNKNOWN_CLIENT),
                  metrics));
      metrics.watch(repairer);
      ReferrersService referrers = new ReferrersService(store, upstreams, clock, threads);
      Jobs jobs = open(new Jobs(clock));
      Refactoring.Running refactored = refactoring.start(manifests, fills, blobs, referrers, jobs);
      opened.push(refactored.service());
      metrics.watch(refactored.service());
      RegistryApi api =
          new RegistryApi(
              names,
              manifests,
              refactored.tags(),
              blobs,
              new Listings(
                  store,
                  names,
                  new TagListService(store, upstreams, clock),
                  refactored.referrers()),
              prefetch,
              threads);
      ImageGraph graph = new ImageGraph(store, manifests);
      ImageFetcher fetcher = new ImageFetcher(store, fills, manifests, blobs);
      PinService pins = new PinService(store, names, manifests, graph, fetcher, jobs, clock);
      PinUpkeep upkeep = open(new PinUpkeep(store.pins(), pins, upstreams, names, clock));
      ImageCatalog catalog = new ImageCatalog(store, graph);
      StatusDocument status =
          new StatusDocument(config.edge().id(), Version.current(), store, fills, upstreams);
      routes = new ArrayList<>();
      routes.addAll(OpenApiRoutes.routes());
      routes.addAll(new HealthRoutes(() -> ready, meters::scrape).routes());
      routes.addAll(status.routes());
      routes.addAll(new JobRoutes(jobs).routes());
      routes.addAll(
          new PinRoutes(names, pins, new PrefetchJobs(manifests, graph, fetcher, jobs)).routes());
      routes.addAll(
          new ImageRoutes(
                  names,
                  store,
                  catalog,
                  new ImageEviction(store, catalog),
                  new RefactorViews(refactored.status()))
              .routes());
      routes.addAll(
          new RefactorRoutes(names, upstreams, refactored.jobs(), refactored.status()).routes());
      routes.addAll(new ScrubRoutes(scrubber, scrubOptions, store).routes());
      routes.addAll(new ContentRoutes(new ContentTransfer(store, fills), names).routes());
      routes.addAll(
          new NameRoutes(
                  new KnownNames(store, clock),
                  referrers,
                  new ReferrerIntake(store, referrers),
                  names)
              .routes());
      admin =
          open(
              HttpServer.start(
                  "admin",
                  config.admin().listen(),
                  1,
                  new AdminRoutes(guard(config.admin()), routes, threads),
                  Unobserved.INSTANCE,
                  ADMIN_LIMITS,
                  tls(config.admin().tls())));
      registry =
          open(
              HttpServer.start(
                  "registry",
                  config.registry().listen(),
                  Math.max(MIN_LOOPS, Runtime.getRuntime().availableProcessors()),
                  api,
                  new RegistryObserver(metrics, accessLog),
                  limits(config.registry()),
                  tls(config.registry().tls())));
      upkeep.start();
      repairer.start();
      scrubber.start();
      opened.push(() -> ready = false);
      ready = true;
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Starts an edge; no network is needed for that.
   *
   * @param environment variables for proxies, passwords and helper programs
   * @throws IOException if it cannot start; the message is one line that says what to do
   */
  public static Edge start(
      OutcropConfig config, Map<String, String> environment, InstantSource clock)
      throws IOException {
    return new Edge(config, environment, clock);
  }

  /** The port container runtimes are served on. */
  public int registryPort() {
    return registry.port();
  }

  /** The port operators are served on. */
  public int adminPort() {
    return admin.port();
  }

  /** What the admin listener answers, each as its method and path. */
  List<String> adminRoutes() {
    return routes.stream().map(Route::toString).toList();
  }

  /** Stops serving, keeps what is under way for the next start, and lets go of everything. */
  @Override
  public void close() {
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        LOG.warn("stopping a part failed", e);
      }
    }
  }

  private <T extends AutoCloseable> T open(T part) {
    opened.push(part);
    return part;
  }

  private static AdminGuard guard(AdminConfig config) throws IOException {
    return new AdminGuard(
        config.listen(),
        config.tokenFile().isEmpty()
            ? Optional.empty()
            : Optional.of(AdminToken.read(config.tokenFile().get())));
  }

  private Optional<ServerTls> tls(Optional<ServerTlsConfig> config) throws IOException {
    if (config.isEmpty()) {
      return Optional.empty();
    }
    ServerTls tls = new ServerTls(config.get());
    ScheduledExecutorService checks =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("outcrop-certificates").factory());
    opened.push(checks::shutdownNow);
    var _ =
        checks.scheduleWithFixedDelay(
            tls::reloadIfChanged,
            CERTIFICATE_CHECK.toSeconds(),
            CERTIFICATE_CHECK.toSeconds(),
            TimeUnit.SECONDS);
    return Optional.of(tls);
  }

  private static ServerLimits limits(RegistryConfig config) {
    return new ServerLimits(
        config.maxConnections(),
        Math.toIntExact(config.maxHeaderSize().bytes()),
        config.idleTimeout(),
        config.headerTimeout(),
        config.slowClientTimeout());
  }

  private static StoreOptions storeOptions(
      StorageConfig config, RefetchCost cost, InstantSource clock) throws IOException {
    Files.createDirectories(config.path());
    long volume = Files.getFileStore(config.path()).getTotalSpace();
    return new StoreOptions(
        config.path(),
        config.capacity().bytes(volume),
        config.keepFree().bytes(volume),
        config.memoryCache().bytes(),
        cost,
        clock);
  }

  private static ScrubOptions scrubOptions(ScrubConfig config) {
    return new ScrubOptions(config.rate().bytes(), config.interval());
  }

  /** The admin listener is not counted: it would mostly count those who count. */
  private enum Unobserved implements ExchangeObserver {
    INSTANCE;

    @Override
    public void started() {
      // Nothing to note.
    }

    @Override
    public void ended(Exchange exchange, Result result) {
      // Nothing to note.
    }
  }
}

package io.outcrop.proxy.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.outcrop.oci.Namespace;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.fill.Fill;
import io.outcrop.proxy.fill.FillEvents;
import io.outcrop.proxy.fill.Fills;
import io.outcrop.proxy.images.PrefetchService;
import io.outcrop.proxy.images.PrefetchStatistics;
import io.outcrop.proxy.refactor.RefactorEvents;
import io.outcrop.proxy.refactor.RefactorService;
import io.outcrop.proxy.refactor.RefactorTask;
import io.outcrop.proxy.repair.RepairEvents;
import io.outcrop.proxy.repair.Repairer;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.Damaged;
import io.outcrop.storage.Quarantined;
import io.outcrop.storage.ScrubPass;
import io.outcrop.storage.ScrubStatus;
import io.outcrop.storage.Scrubber;
import io.outcrop.storage.StoreStatistics;
import io.outcrop.storage.cache.StackArc;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;

/**
 * The meters of an edge. Labels are bounded: kinds, outcomes and configured namespaces, never
 * repositories. Thread-safe; recording takes no lock.
 */
public final class ProxyMetrics implements FillEvents, RepairEvents, RefactorEvents {

  private final MeterRegistry registry;
  private final LongAdder active = new LongAdder();
  // Meters are looked up by a record rather than by their tags, which would be sorted each time.
  private final ConcurrentHashMap<RequestKey, RequestMeters> requests = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Namespace, DistributionSummary> staleness =
      new ConcurrentHashMap<>();

  /** Registers with a registry. */
  public ProxyMetrics(MeterRegistry registry) {
    this.registry = registry;
    Gauge.builder("outcrop.requests.active", active, LongAdder::sum)
        .description("Requests being answered")
        .register(registry);
  }

  /** A request came. */
  public void requestStarted() {
    active.increment();
  }

  /**
   * A request ended.
   *
   * @param bytes bytes of the body that were sent
   * @param whole whether all of the answer was sent
   */
  public void requestEnded(RequestKey key, long bytes, long nanos, boolean whole) {
    active.decrement();
    RequestMeters meters = requests.get(key);
    if (meters == null) {
      meters = requests.computeIfAbsent(key, this::newRequestMeters);
    }
    meters.duration.record(Duration.ofNanos(nanos));
    meters.bytes.increment((double) bytes);
    if (!whole) {
      meters.cut.increment();
    }
  }

  /** A manifest was served although its age could not be checked. */
  public void servedStale(Namespace namespace, Duration age) {
    staleness
        .computeIfAbsent(
            namespace,
            key ->
                DistributionSummary.builder("outcrop.tag.staleness")
                    .description("Age of last known states served while the upstream failed")
                    .baseUnit("seconds")
                    .tags("namespace", key.host())
                    .register(registry))
        .record(age.toMillis() / 1000.0);
  }

  @Override
  public void refused(Repository repository) {
    fillCounter("outcrop.fills.refused", "Blobs whose bytes were not those asked for", repository);
  }

  @Override
  public void notKept(Repository repository) {
    fillCounter("outcrop.fills.unkept", "Blobs served without being kept", repository);
  }

  /** Shows what is being refactored. */
  public void watch(RefactorService service) {
    Gauge.builder(
            "outcrop.refactor.running",
            service,
            all -> all.tasks().stream().filter(RefactorTask::isRunning).count())
        .description("Images being refactored")
        .register(registry);
    Gauge.builder("outcrop.refactor.waiting", service, all -> all.tasks().size())
        .description("Images being refactored or waiting for that")
        .register(registry);
  }

  @Override
  public void imageEnded(String outcome) {
    Counter.builder("outcrop.refactor.images")
        .description("Images dealt with, by what came of it")
        .tags("outcome", outcome)
        .register(registry)
        .increment();
  }

  @Override
  public void scanned(long bytes) {
    refactored("outcrop.refactor.scanned.bytes", "Bytes of original layers read", bytes);
  }

  @Override
  public void layersMade(int built, int reused, long savedBytes) {
    layers("built", built);
    layers("reused", reused);
    refactored(
        "outcrop.refactor.saved.bytes", "Bytes of layers that were here already", savedBytes);
  }

  @Override
  public void layerRebuilt(long bytes) {
    layers("rebuilt", 1);
    refactored("outcrop.refactor.rebuilt.bytes", "Bytes of layers made again", bytes);
  }

  private void layers(String how, int count) {
    Counter.builder("outcrop.refactor.layers")
        .description("Layers of refactored images, by how they came about")
        .tags("how", how)
        .register(registry)
        .increment(count);
  }

  private void refactored(String name, String description, long bytes) {
    Counter.builder(name)
        .description(description)
        .baseUnit("bytes")
        .register(registry)
        .increment((double) bytes);
  }

  /** Shows how full a store is. */
  public void watch(ContentStore store) {
    gauge("outcrop.store.bytes", "Bytes resident or promised", store, StoreStatistics::bookedBytes);
    gauge("outcrop.store.capacity", "Bound on the bytes", store, StoreStatistics::capacity);
    gauge(
        "outcrop.store.effective.capacity",
        "What of the bound content may take now, as others fill the volume",
        store,
        StoreStatistics::effectiveCapacity);
    gauge("outcrop.store.content", "Pieces of content", store, StoreStatistics::residentCount);
    counter(
        "outcrop.store.evictions", "Pieces of content evicted", store, StoreStatistics::evictions);
    counter("outcrop.store.evicted", "Bytes evicted", store, StoreStatistics::evictedBytes);
    counter(
        "outcrop.store.refused",
        "Blobs not worth what would have had to leave for them",
        store,
        StoreStatistics::refused);
    list(store, "probation", StackArc.Sizes::probationBytes);
    list(store, "proven", StackArc.Sizes::provenBytes);
    list(store, "ghost_probation", StackArc.Sizes::ghostProbationBytes);
    list(store, "ghost_proven", StackArc.Sizes::ghostProvenBytes);
    gauge(
        "outcrop.store.ghosts",
        "Pieces of evicted content that are remembered",
        store,
        statistics -> statistics.lists().ghosts());
    Gauge.builder("outcrop.quarantine.content", store, s -> s.quarantined().size())
        .description("Damaged pieces of content kept to be looked at")
        .register(registry);
    Gauge.builder(
            "outcrop.quarantine.bytes",
            store,
            s -> s.quarantined().stream().mapToLong(Quarantined::bytes).sum())
        .description("Bytes of damaged content kept to be looked at")
        .register(registry);
    for (Damaged.Finder finder : Damaged.Finder.values()) {
      for (Damaged.Kind kind : Damaged.Kind.values()) {
        damagedCounter(finder, kind); // Before the first event, so that an alert sees it come.
      }
    }
    store.onDamage(damaged -> damagedCounter(damaged.finder(), damaged.kind()).increment());
  }

  /** Shows what the scrub does. */
  public void watch(Scrubber scrubber) {
    scrubCounter("outcrop.scrub.content", "Pieces hashed again", scrubber, ScrubStatus::checked);
    scrubCounter("outcrop.scrub.bytes", "Bytes hashed again", scrubber, ScrubStatus::bytes);
    for (ScrubStatus.Activity activity : ScrubStatus.Activity.values()) {
      Gauge.builder(
              "outcrop.scrub.activity", scrubber, s -> s.status().activity() == activity ? 1 : 0)
          .description("1 for what the scrub is doing")
          .tags("activity", lowerCase(activity))
          .register(registry);
    }
    Gauge.builder("outcrop.scrub.progress", scrubber, ProxyMetrics::progress)
        .description("Part of all content that the running pass has checked; NaN between passes")
        .register(registry);
    Gauge.builder("outcrop.scrub.completed", scrubber, ProxyMetrics::completedSeconds)
        .description("End of the last complete pass since the epoch; NaN before it")
        .baseUnit("seconds")
        .register(registry);
  }

  /** Shows what waits to be repaired. */
  public void watch(Repairer repairer) {
    Gauge.builder("outcrop.repair.waiting", repairer, Repairer::waiting)
        .description("Damaged pieces that wait to be fetched again")
        .register(registry);
  }

  @Override
  public void repaired(Damaged damaged) {
    repairCounter("outcrop.repaired", "Damaged pieces that are here again").increment();
    Counter.builder("outcrop.repaired.bytes")
        .description("Bytes of damaged content that is here again")
        .register(registry)
        .increment((double) damaged.info().size());
  }

  @Override
  public void lost(Damaged damaged) {
    repairCounter("outcrop.damaged.lost", "Damaged pieces that nobody has any more").increment();
  }

  /** Shows what is under way. */
  public void watch(Fills fills) {
    Gauge.builder("outcrop.fills.running", fills, f -> f.running().size())
        .description("Blobs on their way here")
        .register(registry);
    Gauge.builder(
            "outcrop.fills.bytes",
            fills,
            f -> f.running().stream().mapToLong(Fill::available).sum())
        .description("Bytes that running fills have so far")
        .register(registry);
  }

  /** Shows what is fetched ahead of clients, and to what use. */
  public void watch(PrefetchService prefetch) {
    Gauge.builder("outcrop.prefetch.planned", prefetch, PrefetchService::planned)
        .description("Layers that are still to be fetched ahead")
        .register(registry);
    prefetchCounter(
        "outcrop.prefetch.fetched",
        "Bytes fetched ahead of clients",
        prefetch,
        PrefetchStatistics::fetchedBytes);
    prefetchCounter(
        "outcrop.prefetch.used",
        "Bytes of these that a client then took",
        prefetch,
        PrefetchStatistics::usedBytes);
    prefetchCounter(
        "outcrop.prefetch.wasted",
        "Bytes of these that nobody took within an hour, or that were evicted",
        prefetch,
        PrefetchStatistics::wastedBytes);
  }

  private void prefetchCounter(
      String name,
      String what,
      PrefetchService prefetch,
      ToDoubleFunction<PrefetchStatistics> value) {
    FunctionCounter.builder(name, prefetch, p -> value.applyAsDouble(p.statistics()))
        .description(what)
        .baseUnit("bytes")
        .register(registry);
  }

  private RequestMeters newRequestMeters(RequestKey key) {
    Tags tags =
        Tags.of(
            "kind", key.kind,
            "namespace", key.namespace,
            "outcome", key.outcome,
            "status", Integer.toString(key.status));
    return new RequestMeters(
        Timer.builder("outcrop.requests")
            .description("Requests of container runtimes, to the last byte of the answer")
            .tags(tags)
            .register(registry),
        Counter.builder("outcrop.sent")
            .description("Bytes of bodies sent to container runtimes")
            .baseUnit("bytes")
            .tags(tags)
            .register(registry),
        Counter.builder("outcrop.requests.cut")
            .description("Answers that were not sent to their end")
            .tags(tags)
            .register(registry));
  }

  private void fillCounter(String name, String description, Repository repository) {
    Counter.builder(name)
        .description(description)
        .tags("namespace", repository.namespace().host())
        .register(registry)
        .increment();
  }

  private void list(ContentStore store, String name, ToDoubleFunction<StackArc.Sizes> bytes) {
    Gauge.builder("outcrop.store.list", store, s -> bytes.applyAsDouble(s.statistics().lists()))
        .description("Bytes of large content by the list it stands in")
        .baseUnit("bytes")
        .tags("list", name)
        .register(registry);
  }

  private Counter damagedCounter(Damaged.Finder finder, Damaged.Kind kind) {
    return Counter.builder("outcrop.damaged")
        .description("Pieces of content found not to be what they should be")
        .tags("finder", lowerCase(finder), "kind", lowerCase(kind))
        .register(registry);
  }

  private Counter repairCounter(String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  private void scrubCounter(
      String name, String what, Scrubber scrubber, ToDoubleFunction<ScrubStatus> value) {
    FunctionCounter.builder(name, scrubber, s -> value.applyAsDouble(s.status()))
        .description(what)
        .register(registry);
  }

  private static double progress(Scrubber scrubber) {
    return scrubber.status().current().map(ScrubPass::progress).orElse(Double.NaN);
  }

  private static double completedSeconds(Scrubber scrubber) {
    return scrubber
        .status()
        .last()
        .flatMap(ScrubPass::endedAt)
        .map(at -> at.toEpochMilli() / 1000.0)
        .orElse(Double.NaN);
  }

  private static String lowerCase(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private void gauge(
      String name, String what, ContentStore store, ToDoubleFunction<StoreStatistics> value) {
    Gauge.builder(name, store, s -> value.applyAsDouble(s.statistics()))
        .description(what)
        .register(registry);
  }

  private void counter(
      String name, String what, ContentStore store, ToDoubleFunction<StoreStatistics> value) {
    FunctionCounter.builder(name, store, s -> value.applyAsDouble(s.statistics()))
        .description(what)
        .register(registry);
  }

  /**
   * What requests are counted by.
   *
   * @param kind the resource
   * @param namespace the upstream, or empty
   * @param outcome how the answer came about, or empty
   * @param status the status
   */
  public record RequestKey(String kind, String namespace, String outcome, int status) {}

  private record RequestMeters(Timer duration, Counter bytes, Counter cut) {}
}

package io.outcrop.proxy.images;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.InvalidManifestException;
import io.outcrop.oci.Manifest;
import io.outcrop.oci.ManifestParser;
import io.outcrop.oci.Namespace;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.config.UpstreamConfig;
import io.outcrop.proxy.fill.Fill;
import io.outcrop.proxy.fill.Fills;
import io.outcrop.proxy.resolve.ServedManifest;
import io.outcrop.proxy.resolve.Upstreams;
import io.outcrop.storage.ContentStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the missing layers of an image ahead of the client that has taken its manifest, the base
 * first, where clients of the repository mostly go on to take them. Never in the way of bytes that
 * a client waits for: then it pauses, and a client that asks for a layer on its way joins it.
 *
 * <p>Thread-safe. One thread of its own does all; telling it costs a place in a queue, and is let
 * be when that is full.
 */
public final class PrefetchService implements PullObserver, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PrefetchService.class);
  private static final int MOST_EVENTS = 4_096;
  private static final int AT_ONCE = 2;
  // Of the requests an upstream allows at once, the part that may be ahead of clients.
  private static final int PART_OF_LIMIT = 4;
  private static final int KNOWN_IMAGES = 500;
  private static final Duration IDLE_LOOK = Duration.ofSeconds(1);
  private static final Duration BUSY_LOOK = Duration.ofMillis(100);
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

  private final ContentStore store;
  private final Upstreams upstreams;
  private final Fills fills;
  private final Queue<PullEvent> events = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final Thread thread;
  private volatile boolean asleep;
  private volatile boolean closed;
  private volatile int planned;
  // From here on all belongs to that thread.
  private final FollowThrough follow;
  private final PrefetchPlan plan;
  private final PrefetchLedger ledger;
  private final Map<Digest, Fill> running = new HashMap<>();
  private final Map<Digest, List<Descriptor>> images =
      new LinkedHashMap<>(16, 0.75f, /* accessOrder= */ true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Digest, List<Descriptor>> eldest) {
          return size() > KNOWN_IMAGES;
        }
      };

  /** Fetches what a store does not hold; begins at once. */
  public PrefetchService(
      ContentStore store, Upstreams upstreams, Fills fills, InstantSource clock) {
    this.store = store;
    this.upstreams = upstreams;
    this.fills = fills;
    this.follow = new FollowThrough(clock);
    this.plan = new PrefetchPlan(clock);
    this.ledger = new PrefetchLedger(clock);
    this.thread = Thread.ofPlatform().daemon().name("outcrop-prefetch").unstarted(this::run);
    thread.start();
  }

  @Override
  public void manifestPulled(Repository repository, ServedManifest manifest, int client) {
    if (client != 0 && manifest.mediaType().isImage() && isOn(repository)) {
      tell(new PullEvent.ManifestTaken(repository, manifest, client));
    }
  }

  @Override
  public void blobPulled(Repository repository, Digest blob, int client) {
    if (client != 0 && isOn(repository)) {
      tell(new PullEvent.BlobTaken(repository, blob, client));
    }
  }

  /** What was fetched ahead so far, and to what use. */
  public PrefetchStatistics statistics() {
    return ledger.statistics();
  }

  /** How many layers are still to be fetched ahead, those under way among them. */
  public int planned() {
    return planned;
  }

  /** Begins nothing more; what is under way is left to whoever closes the fills. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    try {
      if (!thread.join(CLOSE_PATIENCE)) {
        LOG.warn("the thread that fetches ahead does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isOn(Repository repository) {
    return upstreams.of(repository).config().prefetch();
  }

  private void tell(PullEvent event) {
    // The end of a fill must not be lost, and there are few of them.
    boolean needed = event instanceof PullEvent.FillEnded;
    if (waiting.incrementAndGet() > MOST_EVENTS && !needed) {
      waiting.decrementAndGet();
      return;
    }
    events.add(event);
    if (asleep) {
      LockSupport.unpark(thread);
    }
  }

  private void run() {
    long nextTidy = System.nanoTime();
    while (!closed) {
      try {
        for (PullEvent event = events.poll(); event != null; event = events.poll()) {
          waiting.decrementAndGet();
          on(event);
        }
        if (System.nanoTime() - nextTidy >= 0) {
          tidy();
          nextTidy = System.nanoTime() + IDLE_LOOK.toNanos();
        }
        begin();
        planned = plan.size();
      } catch (RuntimeException e) {
        LOG.error("fetching ahead failed", e);
      }
      asleep = true;
      if (events.isEmpty() && !closed) {
        LockSupport.parkNanos(this, (plan.isEmpty() ? IDLE_LOOK : BUSY_LOOK).toNanos());
      }
      asleep = false;
    }
  }

  private void on(PullEvent event) {
    switch (event) {
      case PullEvent.ManifestTaken(Repository repository, ServedManifest manifest, int client) -> {
        plan.seen(client);
        if (!follow.isOpen(repository, manifest.digest(), client)) {
          opened(repository, manifest, client);
        }
      }
      case PullEvent.BlobTaken(Repository repository, Digest blob, int client) -> {
        plan.seen(client);
        plan.done(blob); // It has a fill of its own, or needs none.
        follow.taken(repository, blob, client);
        ledger.taken(blob);
      }
      case PullEvent.FillEnded(Fill fill) -> ended(fill);
    }
  }

  private void opened(Repository repository, ServedManifest manifest, int client) {
    List<Descriptor> blobs = blobsOf(manifest);
    boolean follows = follow.follows(repository);
    follow.opened(
        repository,
        manifest.digest(),
        blobs.stream().map(Descriptor::digest).collect(Collectors.toUnmodifiableSet()),
        client);
    if (follows) {
      plan.add(
          repository,
          manifest.digest(),
          blobs.stream().map(Descriptor::digest).filter(this::isMissing).distinct().toList(),
          client);
    }
  }

  private boolean isMissing(Digest blob) {
    return store.info(blob).isEmpty() && fills.running(blob).isEmpty();
  }

  /** Configuration and layers, in the order in which they stack. */
  private List<Descriptor> blobsOf(ServedManifest manifest) {
    List<Descriptor> known = images.get(manifest.digest());
    if (known != null) {
      return known;
    }
    List<Descriptor> blobs = List.of();
    try {
      if (ManifestParser.parse(manifest.bytes(), manifest.mediaType())
          instanceof Manifest.Image image) {
        blobs =
            Stream.concat(
                    Stream.of(image.config()),
                    image.layers().stream().filter(layer -> !ImageGraph.isForeign(layer)))
                .toList();
      }
    } catch (InvalidManifestException e) {
      LOG.debug("manifest {}: {}", manifest.digest(), e.getMessage());
    }
    images.put(manifest.digest(), blobs);
    return blobs;
  }

  private void ended(Fill fill) {
    running.remove(fill.digest(), fill);
    boolean whole = store.info(fill.digest()).isPresent();
    if (fill.available() > 0) {
      ledger.fetched(fill.digest(), fill.available(), whole);
    }
    if (fill.isWanted()) {
      ledger.taken(fill.digest());
    }
    if (whole || !fill.gaveWay()) {
      plan.done(fill.digest());
    }
  }

  private void begin() {
    if (plan.isEmpty() || fills.clientsAreServed()) {
      return;
    }
    while (running.size() < AT_ONCE) {
      Optional<Map.Entry<Digest, Repository>> next = plan.next(this::mayBegin);
      if (next.isEmpty()) {
        return;
      }
      Digest layer = next.get().getKey();
      Optional<Fill> fill =
          isMissing(layer) ? fills.ahead(next.get().getValue(), layer) : Optional.empty();
      if (fill.isEmpty() || fill.get().isWanted()) {
        plan.done(layer); // Here, or on its way for somebody else.
      } else {
        running.put(layer, fill.get());
        fill.get().onEnd(() -> tell(new PullEvent.FillEnded(fill.get())));
      }
    }
  }

  private boolean mayBegin(Map.Entry<Digest, Repository> layer) {
    return !running.containsKey(layer.getKey())
        && runningFrom(layer.getValue().namespace()) < most(layer.getValue());
  }

  private long runningFrom(Namespace namespace) {
    return running.values().stream()
        .filter(fill -> fill.repository().namespace().equals(namespace))
        .count();
  }

  private int most(Repository repository) {
    UpstreamConfig config = upstreams.of(repository).config();
    return Math.min(AT_ONCE, config.limits().concurrentRequests() / PART_OF_LIMIT);
  }

  private void tidy() {
    for (Digest dropped : plan.dropIdle(this::isBeingSent)) {
      Fill fill = running.get(dropped);
      if (fill != null) {
        fill.cancelUnlessWanted();
      }
    }
    ledger.settle(digest -> store.info(digest).isPresent());
  }

  /** Whether a client is being sent a blob of an image that is still on its way here. */
  private boolean isBeingSent(Digest manifest) {
    return images.getOrDefault(manifest, List.of()).stream()
        .anyMatch(blob -> fills.running(blob.digest()).filter(Fill::isWanted).isPresent());
  }
}

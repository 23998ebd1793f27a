package io.outcrop.proxy.images;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Tag;
import io.outcrop.proxy.jobs.Job;
import io.outcrop.proxy.jobs.JobWork;
import io.outcrop.proxy.jobs.Jobs;
import io.outcrop.proxy.jobs.Progress;
import io.outcrop.proxy.names.ImageReference;
import io.outcrop.proxy.names.NameMapper;
import io.outcrop.proxy.names.UnknownNamespaceException;
import io.outcrop.proxy.resolve.ManifestService;
import io.outcrop.proxy.upstream.UpstreamException;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.InsufficientSpaceException;
import io.outcrop.storage.Pin;
import io.outcrop.storage.Pins;
import io.outcrop.storage.StoreException;
import io.outcrop.storage.cache.ReplacementPolicy;
import java.io.IOException;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps whole images here: fetches what is pinned, and what its tag comes to mean, the new before
 * the old is let go. Blocks; thread-safe.
 */
public final class PinService {

  /*
   * A pin on its way from one root to the next has the old root and the content of both. So at any
   * instant what is durable says by itself what may not be let go: after a crash the tag is resolved
   * again, found to mean another root than the pin has, and the same way is gone again.
   */

  private static final Logger LOG = LoggerFactory.getLogger(PinService.class);
  private static final String KIND = "pin";

  private final ContentStore store;
  private final Pins pins;
  private final NameMapper names;
  private final ManifestService manifests;
  private final ImageGraph graph;
  private final ImageFetcher fetcher;
  private final Jobs jobs;
  private final InstantSource clock;
  private final ReentrantLock changing = new ReentrantLock();
  // By name: why a pin is not what it is to be.
  private final Map<String, String> problems = new ConcurrentHashMap<>();

  /** Pins in a store. */
  public PinService(
      ContentStore store,
      NameMapper names,
      ManifestService manifests,
      ImageGraph graph,
      ImageFetcher fetcher,
      Jobs jobs,
      InstantSource clock) {
    this.store = store;
    this.pins = store.pins();
    this.names = names;
    this.manifests = manifests;
    this.graph = graph;
    this.fetcher = fetcher;
    this.jobs = jobs;
    this.clock = clock;
  }

  /**
   * Pins an image. What of it is here stays from now on; the rest is fetched by the job in the
   * answer, and when that is done all of it is here for good.
   *
   * @throws InsufficientSpaceException if all that is pinned could not be kept at once
   * @throws ImageException if it is not for any of these platforms, or cannot be read
   * @throws UpstreamException if it is not held and cannot be had
   */
  public PinStatus pin(ImageReference image, Platforms platforms)
      throws ImageException, UpstreamException, IOException {
    String name = image.toString();
    bring(name, platforms, graph.fetched(image.repository(), root(image), platforms), true);
    return find(image).orElseThrow(() -> new StoreException("pin " + name + " was taken away"));
  }

  /** Lets an image go when its time has come; false if it was not pinned. */
  public boolean unpin(ImageReference image) throws StoreException {
    String name = image.toString();
    changing.lock();
    try {
      jobs.running(KIND, name).ifPresent(Job::cancel);
      problems.remove(name);
      return pins.remove(name);
    } finally {
      changing.unlock();
    }
  }

  /** All pins, by their names. */
  public List<PinStatus> all() {
    return pins.all().stream().map(this::status).toList();
  }

  /** The pin of an image, if it is pinned by this name. */
  public Optional<PinStatus> find(ImageReference image) {
    return pins.get(image.toString()).map(this::status);
  }

  /**
   * Looks after a pin: begins to fetch what is missing of it, or what its tag means now.
   *
   * @return false if that cannot be done now
   */
  boolean maintain(Pin pin) {
    try {
      ImageReference image = ImageReference.parse(pin.name(), names);
      Platforms platforms = Platforms.ofTexts(pin.platforms());
      Digest root = root(image);
      if (root.equals(pin.root()) && missing(pin).isEmpty()) {
        problems.remove(pin.name());
        return true;
      }
      bring(pin.name(), platforms, graph.fetched(image.repository(), root, platforms), false);
      return true;
    } catch (UpstreamException
        | IOException
        | ImageException
        | UnknownNamespaceException
        | IllegalArgumentException e) {
      problem(pin.name(), String.valueOf(e.getMessage()));
      return false;
    }
  }

  /** Whether a job brings what is pinned. */
  boolean isUnderWay(Pin pin) {
    return jobs.running(KIND, pin.name()).isPresent();
  }

  /** Whether any of what is pinned is not here. */
  boolean isIncomplete(Pin pin) {
    return !missing(pin).isEmpty();
  }

  /** What a reference means now, or meant last where the upstream does not answer. */
  private Digest root(ImageReference image) throws UpstreamException, IOException {
    return switch (image.reference()) {
      case Digest digest -> digest;
      case Tag tag ->
          manifests.get(image.repository(), tag, ReplacementPolicy.UNKNOWN_CLIENT).digest();
    };
  }

  /**
   * Pins what an image consists of now, beside what is pinned of it already, and begins to fetch.
   *
   * @param asked whether an operator wants it, rather than that it is pinned already
   */
  private void bring(String name, Platforms platforms, ImageParts image, boolean asked)
      throws StoreException {
    changing.lock();
    try {
      Optional<Pin> before = pins.get(name);
      if (before.isEmpty() && !asked) {
        return; // Taken away meanwhile.
      }
      Pin wanted =
          new Pin(
              name,
              platforms.toTexts(),
              image.root(),
              image.sizes(),
              before.map(Pin::since).orElseGet(clock::instant));
      Optional<Job> running = jobs.running(KIND, name);
      if (running.isPresent() && before.filter(pin -> leadsTo(pin, wanted)).isPresent()) {
        return;
      }
      running.ifPresent(Job::cancel);
      pins.put(before.map(pin -> between(pin, wanted)).orElse(wanted));
      problems.remove(name);
      if (isIncomplete(wanted)) {
        var _ = jobs.start(KIND, name, () -> new PinWork(image, wanted));
      } else {
        pins.put(wanted);
      }
    } finally {
      changing.unlock();
    }
  }

  private static boolean leadsTo(Pin pin, Pin wanted) {
    return pin.platforms().equals(wanted.platforms())
        && pin.content().keySet().containsAll(wanted.content().keySet());
  }

  /** What is to stay until all of what is wanted is here. */
  private Pin between(Pin before, Pin wanted) {
    Map<Digest, Long> old = wholeContent(before);
    if (old.isEmpty() || before.root().equals(wanted.root())) {
      return wanted;
    }
    Map<Digest, Long> both = new LinkedHashMap<>(old);
    both.putAll(wanted.content());
    return new Pin(wanted.name(), wanted.platforms(), before.root(), both, wanted.since());
  }

  /** What belongs to the root of a pin, if all of that is here; else it is not worth its room. */
  private Map<Digest, Long> wholeContent(Pin pin) {
    try {
      ImageReference image = ImageReference.parse(pin.name(), names);
      ImageParts parts =
          graph.held(image.repository(), pin.root(), Platforms.ofTexts(pin.platforms()));
      Map<Digest, Long> sizes = parts.sizes();
      boolean whole =
          parts.unread().isEmpty()
              && sizes.keySet().stream().allMatch(digest -> store.info(digest).isPresent());
      return whole ? sizes : Map.of();
    } catch (ImageException | UnknownNamespaceException | IOException e) {
      LOG.warn("pin {}: {} cannot be read: {}", pin.name(), pin.root(), e.getMessage());
      return Map.of();
    }
  }

  private PinStatus status(Pin pin) {
    Map<Digest, Long> missing = missing(pin);
    PinStatus.State state =
        missing.isEmpty()
            ? PinStatus.State.COMPLETE
            : wholeContent(pin).isEmpty() ? PinStatus.State.INCOMPLETE : PinStatus.State.UPDATING;
    return new PinStatus(
        pin,
        state,
        missing.size(),
        missing.values().stream().mapToLong(Long::longValue).sum(),
        jobs.running(KIND, pin.name()),
        Optional.ofNullable(problems.get(pin.name())));
  }

  private Map<Digest, Long> missing(Pin pin) {
    Map<Digest, Long> missing = new LinkedHashMap<>(pin.content());
    missing.keySet().removeIf(digest -> store.info(digest).isPresent());
    return missing;
  }

  private void problem(String name, String problem) {
    // Told once, not at every try.
    if (!problem.equals(problems.put(name, problem))) {
      LOG.warn("pin {} is not what it is to be: {}", name, problem);
    }
  }

  /** Fetches what is pinned, and then pins that alone. */
  private final class PinWork implements JobWork {

    private final ImageParts image;
    private final Pin wanted;

    PinWork(ImageParts image, Pin wanted) {
      this.image = image;
      this.wanted = wanted;
    }

    @Override
    public void run() throws UpstreamException, IOException, InterruptedException {
      try {
        fetcher.fetch(image);
        finish();
        LOG.info(
            "pin {}: all of {} is here ({} pieces, {} bytes)",
            wanted.name(),
            wanted.root(),
            image.parts().size(),
            image.bytes());
      } catch (UpstreamException | IOException e) {
        problem(wanted.name(), String.valueOf(e.getMessage()));
        throw e;
      }
    }

    @Override
    public Progress progress() {
      return fetcher.progress(image);
    }

    /** Makes durable what has come since it was pinned, and lets go of what was before. */
    private void finish() throws StoreException, InterruptedException {
      changing.lock();
      try {
        Optional<Pin> now = pins.get(wanted.name());
        if (now.isEmpty() || Thread.interrupted()) {
          throw new InterruptedException("pin " + wanted.name() + " was taken away");
        }
        if (isIncomplete(wanted)) {
          throw new InsufficientSpaceException(
              "pin " + wanted.name() + ": some of it was evicted or found damaged meanwhile");
        }
        pins.put(wanted);
        problems.remove(wanted.name());
      } finally {
        changing.unlock();
      }
    }
  }
}

package io.outcrop.proxy.images;

import io.outcrop.oci.Repository;
import io.outcrop.oci.Tag;
import io.outcrop.proxy.names.ImageReference;
import io.outcrop.proxy.names.NameMapper;
import io.outcrop.proxy.names.UnknownNamespaceException;
import io.outcrop.proxy.resolve.Upstreams;
import io.outcrop.storage.Pin;
import io.outcrop.storage.Pins;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after all pins: goes on with those that an earlier run left incomplete, tries again those
 * that failed, and asks now and then what a pinned tag means.
 */
public final class PinUpkeep implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PinUpkeep.class);
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration FIRST_RETRY = Duration.ofSeconds(5);
  private static final Duration LAST_RETRY = Duration.ofMinutes(5);
  private static final Duration LEAST_BETWEEN_CHECKS = Duration.ofSeconds(30);

  private final Pins pins;
  private final PinService service;
  private final Upstreams upstreams;
  private final NameMapper names;
  private final InstantSource clock;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("outcrop-pins").factory());
  // Touched by that thread only.
  private final Map<String, Turn> turns = new HashMap<>();

  /**
   * @param upstreams tell how long what a tag means is believed
   */
  public PinUpkeep(
      Pins pins, PinService service, Upstreams upstreams, NameMapper names, InstantSource clock) {
    this.pins = pins;
    this.service = service;
    this.upstreams = upstreams;
    this.names = names;
    this.clock = clock;
  }

  /** Begins. */
  public void start() {
    var _ = thread.scheduleWithFixedDelay(this::look, 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  private void look() {
    try {
      Set<String> known = new HashSet<>();
      for (Pin pin : pins.all()) {
        known.add(pin.name());
        if (Thread.currentThread().isInterrupted()) {
          return;
        }
        look(pin);
      }
      turns.keySet().retainAll(known);
    } catch (RuntimeException e) {
      LOG.error("looking after pins failed", e);
    }
  }

  private void look(Pin pin) {
    Instant now = clock.instant();
    Turn last = turns.getOrDefault(pin.name(), new Turn(now, Duration.ZERO, false, false));
    if (service.isUnderWay(pin)) {
      turns.put(pin.name(), new Turn(now, last.retry, false, true));
      return;
    }
    boolean whole = !service.isIncomplete(pin);
    if (last.underWay && !whole) {
      turns.put(pin.name(), last.failed(now)); // Its job has ended, and not well.
      return;
    }
    // What was whole at the last look and is not any more is brought back at once.
    if (now.isBefore(last.at) && !(last.whole && !whole)) {
      return;
    }
    boolean good = service.maintain(pin);
    if (!good) {
      turns.put(pin.name(), last.failed(now));
    } else if (service.isUnderWay(pin)) {
      turns.put(pin.name(), new Turn(now, last.retry, false, true));
    } else {
      turns.put(pin.name(), new Turn(now.plus(betweenChecks(pin)), Duration.ZERO, whole, false));
    }
  }

  private Duration betweenChecks(Pin pin) {
    try {
      ImageReference image = ImageReference.parse(pin.name(), names);
      if (image.reference() instanceof Tag) {
        Duration fresh = freshness(image.repository());
        return fresh.compareTo(LEAST_BETWEEN_CHECKS) < 0 ? LEAST_BETWEEN_CHECKS : fresh;
      }
    } catch (UnknownNamespaceException | IllegalArgumentException e) {
      LOG.debug("pin {}: {}", pin.name(), e.getMessage());
    }
    return LAST_RETRY;
  }

  private Duration freshness(Repository repository) {
    return upstreams.of(repository).config().tags().freshness();
  }

  /**
   * When a pin is looked after next.
   *
   * @param retry how long was waited after the last failure; zero after none
   * @param whole whether it was all here at the last look
   * @param underWay whether a job was bringing it
   */
  private record Turn(Instant at, Duration retry, boolean whole, boolean underWay) {

    Turn failed(Instant now) {
      Duration twice = retry.isZero() ? FIRST_RETRY : retry.multipliedBy(2);
      Duration wait = twice.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : twice;
      return new Turn(now.plus(wait), wait, false, false);
    }
  }
}

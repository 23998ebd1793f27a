package io.outcrop.proxy.resolve;

import io.outcrop.proxy.upstream.Upstream;
import io.outcrop.proxy.upstream.UpstreamStatus;
import io.outcrop.proxy.upstream.UpstreamStatus.EndpointStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells when the way to all upstreams is gone, and when it is there again. */
public final class UplinkWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(UplinkWatch.class);
  private static final long LOOK_MILLIS = 1_000;
  // One upstream fails and another answers, one after the other, where it is not the uplink.
  private static final Duration STILL_NEWS = Duration.ofMinutes(1);

  private final Upstreams upstreams;
  private final Consumer<Boolean> listener;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("outcrop-uplink").factory());
  private boolean offline;

  private UplinkWatch(Upstreams upstreams, Consumer<Boolean> listener) {
    this.upstreams = upstreams;
    this.listener = listener;
  }

  /**
   * Starts watching.
   *
   * @param listener told of each change whether the uplink is gone; it is not, at first
   */
  public static UplinkWatch start(Upstreams upstreams, Consumer<Boolean> listener) {
    UplinkWatch watch = new UplinkWatch(upstreams, listener);
    var _ =
        watch.timer.scheduleWithFixedDelay(
            watch::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    return watch;
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }

  private void look() {
    try {
      boolean now = isGone(upstreams.all().stream().map(Upstream::status).toList());
      if (now != offline) {
        offline = now;
        LOG.info(now ? "no upstream can be reached" : "upstreams can be reached again");
        listener.accept(now);
      }
    } catch (RuntimeException e) {
      LOG.error("looking after the uplink failed", e);
    }
  }

  /**
   * Whether something failed, and nothing has answered since, or shortly before. An endpoint that
   * nobody has asked for long counts as healthy, but says nothing of the uplink.
   */
  static boolean isGone(List<UpstreamStatus> statuses) {
    Optional<Instant> failed =
        latest(statuses, endpoint -> !endpoint.healthy(), EndpointStatus::lastErrorAt);
    Optional<Instant> answered =
        latest(statuses, EndpointStatus::healthy, EndpointStatus::lastAnswerAt);
    return failed.isPresent()
        && answered.map(at -> at.plus(STILL_NEWS).isBefore(failed.get())).orElse(true);
  }

  private static Optional<Instant> latest(
      List<UpstreamStatus> statuses, Predicate<EndpointStatus> which, Time time) {
    return statuses.stream()
        .flatMap(status -> status.endpoints().stream())
        .filter(which)
        .flatMap(endpoint -> time.of(endpoint).stream())
        .max(Comparator.naturalOrder());
  }

  private interface Time {
    Optional<Instant> of(EndpointStatus endpoint);
  }
}

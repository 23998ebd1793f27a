package io.outcrop.proxy.upstream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.outcrop.oci.Namespace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The meters of one upstream. */
final class UpstreamMetrics implements AutoCloseable {

  private static final String PREFIX = "outcrop.upstream.";

  private final MeterRegistry meters;
  private final Tags namespace;
  private final Counter bytes;
  private final List<Gauge> gauges = new ArrayList<>();

  UpstreamMetrics(MeterRegistry meters, Namespace namespace) {
    this.meters = meters;
    this.namespace = Tags.of("namespace", namespace.host());
    this.bytes =
        Counter.builder(PREFIX + "bytes")
            .description("Bytes of blobs taken from an upstream")
            .baseUnit("bytes")
            .tags(this.namespace)
            .register(meters);
  }

  void request(String endpoint, Kind kind, String outcome) {
    meters
        .counter(
            PREFIX + "requests",
            namespace.and("endpoint", endpoint, "kind", kind.label(), "outcome", outcome))
        .increment();
  }

  void latency(String endpoint, Duration time) {
    Timer.builder(PREFIX + "latency")
        .description("From a request to the headers of its answer")
        .tags(namespace.and("endpoint", endpoint))
        .register(meters)
        .record(time);
  }

  void retry(String endpoint) {
    meters.counter(PREFIX + "retries", namespace.and("endpoint", endpoint)).increment();
  }

  void bytes(long count) {
    bytes.increment((double) count);
  }

  <T> void healthy(String endpoint, T state, ToDoubleFunction<T> value) {
    gauge("healthy", namespace.and("endpoint", endpoint), state, value);
  }

  <T> void rateLimitRemaining(T state, ToDoubleFunction<T> value) {
    gauge("ratelimit.remaining", namespace, state, value);
  }

  /** A gauge of an upstream that was configured anew must not go on telling the old one's state. */
  private <T> void gauge(String name, Tags tags, T state, ToDoubleFunction<T> value) {
    Gauge old = meters.find(PREFIX + name).tags(tags).gauge();
    if (old != null) {
      meters.remove(old);
    }
    gauges.add(
        Gauge.builder(PREFIX + name, state, value)
            .tags(tags)
            .strongReference(true)
            .register(meters));
  }

  /** Removes the gauges, unless a successor's have taken their place. */
  @Override
  @SuppressWarnings("ReferenceEquality") // a successor's gauge is equal, and must stay
  public void close() {
    for (Gauge gauge : gauges) {
      Gauge now = meters.find(gauge.getId().getName()).tags(gauge.getId().getTags()).gauge();
      if (now == gauge) {
        meters.remove(gauge);
      }
    }
  }
}

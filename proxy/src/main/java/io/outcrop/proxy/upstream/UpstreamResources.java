package io.outcrop.proxy.upstream;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** What upstreams share: meters, clock, environment, HTTP clients, a timer. */
public final class UpstreamResources implements AutoCloseable {

  private final MeterRegistry meters;
  private final InstantSource clock;
  private final Map<String, String> environment;
  private final HttpClients clients = new HttpClients();
  private final ScheduledExecutorService scheduler =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("upstream-probes").factory());

  /**
   * Starts nothing yet.
   *
   * @param meters where metrics go
   * @param clock the time of day
   * @param environment variables for proxies, passwords and helper programs
   */
  public UpstreamResources(
      MeterRegistry meters, InstantSource clock, Map<String, String> environment) {
    this.meters = meters;
    this.clock = clock;
    this.environment = Map.copyOf(environment);
  }

  MeterRegistry meters() {
    return meters;
  }

  InstantSource clock() {
    return clock;
  }

  Map<String, String> environment() {
    return environment;
  }

  HttpClients clients() {
    return clients;
  }

  ScheduledExecutorService scheduler() {
    return scheduler;
  }

  static String userAgent() {
    String version = UpstreamResources.class.getPackage().getImplementationVersion();
    return "Outcrop/" + Optional.ofNullable(version).orElse("dev");
  }

  /** Breaks off what is still under way; the upstreams are to be closed before. */
  @Override
  public void close() {
    scheduler.shutdownNow();
    clients.close();
  }
}

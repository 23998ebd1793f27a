package io.outcrop.proxy.registry;

import io.outcrop.oci.Namespace;
import io.outcrop.proxy.http.Exchange;
import io.outcrop.proxy.http.ExchangeObserver;
import io.outcrop.proxy.http.RequestLabels;
import io.outcrop.proxy.metrics.ProxyMetrics;

/** Counts and logs the requests of container runtimes. Thread-safe. */
public final class RegistryObserver implements ExchangeObserver {

  private final ProxyMetrics metrics;
  private final AccessLogWriter log;

  /** Counts with some meters and writes to a log. */
  public RegistryObserver(ProxyMetrics metrics, AccessLogWriter log) {
    this.metrics = metrics;
    this.log = log;
  }

  @Override
  public void started() {
    metrics.requestStarted();
  }

  @Override
  public void ended(Exchange exchange, Result result) {
    RequestLabels labels = exchange.labels();
    metrics.requestEnded(
        new ProxyMetrics.RequestKey(
            labels.kind(), labels.namespace(), labels.outcome(), result.status()),
        result.bytes(),
        result.nanos(),
        result.whole());
    labels
        .staleness()
        .ifPresent(age -> metrics.servedStale(new Namespace(labels.namespace()), age));
    log.write(exchange, result);
  }
}

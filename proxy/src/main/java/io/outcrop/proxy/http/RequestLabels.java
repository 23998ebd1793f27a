package io.outcrop.proxy.http;

import java.time.Duration;
import java.util.Optional;

/**
 * What a request is about, in few enough words to count by.
 *
 * @param kind the resource, such as {@code blob}
 * @param namespace the upstream, or empty
 * @param repository the path of the repository there, or empty; for the log only
 * @param outcome how the answer came about, or empty
 * @param staleness the age of an answer that could not be checked
 */
public record RequestLabels(
    String kind,
    String namespace,
    String repository,
    String outcome,
    Optional<Duration> staleness) {

  /** A request of which nothing is known. */
  public static final RequestLabels NONE = new RequestLabels("other", "", "");

  /** What is known before there is an answer. */
  public RequestLabels(String kind, String namespace, String repository) {
    this(kind, namespace, repository, "", Optional.empty());
  }

  /** The same with an outcome. */
  public RequestLabels withOutcome(String told, Optional<Duration> age) {
    return new RequestLabels(kind, namespace, repository, told, age);
  }
}

package io.outcrop.proxy.http;

/**
 * What a request is about, in few enough words to count by.
 *
 * @param kind the resource, such as {@code blob}
 * @param namespace the upstream, or empty
 * @param repository the path of the repository there, or empty; for the log only
 * @param outcome how the answer came about, or empty
 */
public record RequestLabels(String kind, String namespace, String repository, String outcome) {

  /** A request of which nothing is known. */
  public static final RequestLabels NONE = new RequestLabels("other", "", "", "");

  /** The same with an outcome. */
  public RequestLabels withOutcome(String told) {
    return new RequestLabels(kind, namespace, repository, told);
  }
}

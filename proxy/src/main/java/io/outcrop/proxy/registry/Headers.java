package io.outcrop.proxy.registry;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.http.Response;
import io.outcrop.proxy.resolve.Outcome;
import io.outcrop.proxy.resolve.Staleness;
import java.time.Duration;
import java.util.Optional;

/** The headers of the distribution API. */
final class Headers {

  static final AsciiString DOCKER_CONTENT_DIGEST = AsciiString.cached("docker-content-digest");
  static final AsciiString LINK = AsciiString.cached("link");
  static final AsciiString OCI_FILTERS_APPLIED = AsciiString.cached("oci-filters-applied");

  private static final AsciiString API_VERSION =
      AsciiString.cached("docker-distribution-api-version");
  private static final AsciiString REGISTRY_2 = AsciiString.cached("registry/2.0");
  private static final AsciiString NAMESPACE = AsciiString.cached("oci-namespace");
  private static final AsciiString CACHE_STATUS = AsciiString.cached("cache-status");
  private static final AsciiString WARNING = AsciiString.cached("warning");
  private static final int LONGEST_WARNING = 1_000;

  private Headers() {}

  static HttpHeaders common() {
    return Response.newHeaders().set(API_VERSION, REGISTRY_2);
  }

  static HttpHeaders of(Repository repository) {
    return common().set(NAMESPACE, repository.namespace().host());
  }

  static HttpHeaders of(Repository repository, Digest content) {
    String digest = content.toString();
    return of(repository)
        .set(DOCKER_CONTENT_DIGEST, digest)
        .set(HttpHeaderNames.ETAG, '"' + digest + '"');
  }

  /** Says how the answer came about, as RFC 9211 has it. */
  static HttpHeaders cacheStatus(HttpHeaders headers, Outcome outcome) {
    return headers.set(
        CACHE_STATUS,
        switch (outcome) {
          case HIT -> "outcrop; hit";
          case REVALIDATED -> "outcrop; hit; detail=revalidated";
          case STALE -> "outcrop; hit; fwd=stale; detail=upstream-failed";
          case MISS -> "outcrop; fwd=miss; stored";
          case COLLAPSED -> "outcrop; fwd=miss; collapsed";
        });
  }

  /** Warns of an answer that may be out of date; containerd and others show it to their users. */
  static void warn(HttpHeaders headers, Repository repository, Optional<Staleness> staleness) {
    if (staleness.isEmpty()) {
      return;
    }
    Duration age = staleness.get().age();
    String text =
        "outcrop: last confirmed by "
            + repository.namespace()
            + " "
            + words(age)
            + " ago: "
            + staleness.get().reason();
    headers.set(WARNING, "299 - \"" + quotable(text) + '"');
  }

  private static String words(Duration age) {
    if (age.toDays() > 0) {
      return age.toDays() + "d" + age.toHoursPart() + "h";
    }
    return age.toHours() > 0
        ? age.toHours() + "h" + age.toMinutesPart() + "m"
        : age.toMinutes() > 0
            ? age.toMinutes() + "m" + age.toSecondsPart() + "s"
            : age.toSeconds() + "s";
  }

  /** Only what may stand in a quoted string of a header. */
  private static String quotable(String text) {
    String plain = text.replaceAll("[^\\x20-\\x7e]", "?").replace('\\', '/').replace('"', '\'');
    return plain.substring(0, Math.min(LONGEST_WARNING, plain.length()));
  }
}

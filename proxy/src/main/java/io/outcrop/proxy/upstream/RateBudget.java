package io.outcrop.proxy.upstream;

import io.outcrop.proxy.upstream.UpstreamStatus.RateLimit;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an endpoint says may still be asked of it, and until when it wants to be left alone. HEAD of
 * a manifest costs nothing at Docker Hub, so it stays allowed until it is itself refused.
 */
final class RateBudget {

  /** {@code 100;w=21600}, as Docker Hub writes it. */
  private static final Pattern COUNT = Pattern.compile("([0-9]{1,12})(?:;.*?w=([0-9]{1,9}).*)?.*");

  private final InstantSource clock;
  private RateLimit told =
      new RateLimit(
          OptionalLong.empty(),
          OptionalLong.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
  private Instant silentUntil = Instant.MIN;
  private Instant headsSilentUntil = Instant.MIN;

  RateBudget(InstantSource clock) {
    this.clock = clock;
  }

  /** Notes what the headers of an answer tell. */
  synchronized void observe(HttpHeaders headers) {
    Optional<Matcher> limit = count(headers, "ratelimit-limit");
    Optional<Matcher> remaining = count(headers, "ratelimit-remaining");
    if (limit.isEmpty() && remaining.isEmpty()) {
      return;
    }
    told =
        new RateLimit(
            limit.map(RateBudget::first).orElse(told.limit()),
            remaining.map(RateBudget::first).orElse(told.remaining()),
            limit.or(() -> remaining).flatMap(RateBudget::window).or(told::window),
            headers.firstValue("docker-ratelimit-source").or(told::source),
            Optional.empty());
  }

  /** Notes a 429, and returns how long to be silent. */
  synchronized Duration refused(Kind kind, HttpHeaders headers) {
    observe(headers);
    Instant now = clock.instant();
    Duration wait = RetryAfter.of(headers, now).orElse(RetryAfter.DEFAULT);
    silentUntil = now.plus(wait);
    if (kind == Kind.MANIFEST_HEAD) {
      headsSilentUntil = silentUntil;
    }
    return wait;
  }

  /** How long a request of some kind must still wait; empty where it may go. */
  synchronized Optional<Duration> blocked(Kind kind) {
    Instant until = kind == Kind.MANIFEST_HEAD ? headsSilentUntil : silentUntil;
    Instant now = clock.instant();
    return now.isBefore(until) ? Optional.of(Duration.between(now, until)) : Optional.empty();
  }

  synchronized RateLimit snapshot() {
    return new RateLimit(
        told.limit(),
        told.remaining(),
        told.window(),
        told.source(),
        Optional.of(silentUntil).filter(until -> clock.instant().isBefore(until)));
  }

  private static Optional<Matcher> count(HttpHeaders headers, String name) {
    return headers
        .firstValue(name)
        .map(value -> COUNT.matcher(value.strip()))
        .filter(Matcher::matches);
  }

  private static OptionalLong first(Matcher count) {
    return OptionalLong.of(Long.parseLong(count.group(1)));
  }

  private static Optional<Duration> window(Matcher count) {
    return Optional.ofNullable(count.group(2)).map(s -> Duration.ofSeconds(Long.parseLong(s)));
  }
}

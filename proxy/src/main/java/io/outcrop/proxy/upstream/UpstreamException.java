package io.outcrop.proxy.upstream;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says why an upstream did not give what was asked of it. Messages name the endpoint and never
 * carry a credential or a signed address.
 */
public abstract sealed class UpstreamException extends Exception {

  private UpstreamException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** The upstream knows no such thing, and is entitled to say so. */
  public static final class NotFound extends UpstreamException {

    private final @Nullable String code;

    NotFound(String message, Optional<String> code) {
      super(message, null);
      this.code = code.orElse(null);
    }

    /** The error code in the answer, such as {@code NAME_UNKNOWN}; answers to HEAD have none. */
    public Optional<String> code() {
      return Optional.ofNullable(code);
    }
  }

  /** The upstream refuses, after a login was tried where it asked for one. */
  public static final class Denied extends UpstreamException {
    Denied(String message) {
      super(message, null);
    }
  }

  /** The upstream asks to be left alone for a while. */
  public static final class RateLimited extends UpstreamException {

    private final Duration retryAfter;

    RateLimited(String message, Duration retryAfter) {
      super(message, null);
      this.retryAfter = retryAfter;
    }

    /** From now until a request makes sense again. */
    public Duration retryAfter() {
      return retryAfter;
    }
  }

  /** No connection, no answer in time, or an answer of the 5xx kind. */
  public static final class Unavailable extends UpstreamException {
    Unavailable(String message, @Nullable Throwable cause) {
      super(message, cause);
    }

    /** With a message alone. */
    public Unavailable(String message) {
      super(message, null);
    }
  }

  /** The upstream answered with something that cannot be what was asked for. */
  public static final class Invalid extends UpstreamException {
    /** With a message alone. */
    public Invalid(String message) {
      super(message, null);
    }

    Invalid(String message, Throwable cause) {
      super(message, cause);
    }
  }
}

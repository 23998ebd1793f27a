package io.outcrop.proxy.upstream;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Says that a request got no complete answer, in words for an operator. */
final class TransportException extends IOException {

  /** How bad it is. */
  enum Fault {
    /** Nobody there, or not who it should be: the next request will fare no better. */
    UNREACHABLE,
    /** No answer in time: perhaps a black hole, as connections that break silently are. */
    TIMEOUT,
    /** The answer began and stopped. */
    STALLED,
    /** The connection broke; another one may hold. */
    BROKEN,
    /** The calling thread was told to stop. */
    INTERRUPTED
  }

  private final Fault fault;
  private final boolean home;

  private TransportException(Fault fault, boolean home, String message, Throwable cause) {
    super(message, cause);
    this.fault = fault;
    this.home = home;
  }

  Fault fault() {
    return fault;
  }

  /** Whether it befell the endpoint itself, not another origin it redirected to. */
  boolean home() {
    return home;
  }

  static TransportException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new TransportException(Fault.INTERRUPTED, true, "interrupted", cause);
  }

  /** Classifies what the HTTP client threw. */
  static TransportException of(IOException cause, boolean home) {
    if (cause instanceof TransportException already) {
      return already;
    }
    if (Thread.currentThread().isInterrupted()) {
      return new TransportException(Fault.INTERRUPTED, home, "interrupted", cause);
    }
    if (cause instanceof HttpConnectTimeoutException) {
      return new TransportException(Fault.UNREACHABLE, home, "no connection in time", cause);
    }
    if (cause instanceof HttpTimeoutException) {
      return new TransportException(Fault.TIMEOUT, home, "no answer in time", cause);
    }
    if (cause instanceof StalledException) {
      return new TransportException(Fault.STALLED, home, text(cause), cause);
    }
    if (find(cause, UnresolvedAddressException.class).isPresent()
        || find(cause, UnknownHostException.class).isPresent()) {
      return new TransportException(Fault.UNREACHABLE, home, "host name unknown", cause);
    }
    if (cause instanceof ConnectException || cause instanceof NoRouteToHostException) {
      return new TransportException(
          Fault.UNREACHABLE, home, "no connection: " + text(cause), cause);
    }
    Optional<? extends IOException> tls =
        find(cause, SSLHandshakeException.class)
            .map(IOException.class::cast)
            .or(() -> find(cause, SSLPeerUnverifiedException.class));
    if (tls.isPresent()) {
      return new TransportException(Fault.UNREACHABLE, home, "TLS: " + text(tls.get()), cause);
    }
    return new TransportException(Fault.BROKEN, home, "connection broke: " + text(cause), cause);
  }

  private static String text(Throwable cause) {
    return Optional.ofNullable(cause.getMessage()).orElse(cause.getClass().getSimpleName());
  }

  private static <T extends Throwable> Optional<T> find(Throwable root, Class<T> type) {
    @Nullable Throwable at = root;
    for (int depth = 0; at != null && depth < 10; depth++) {
      if (type.isInstance(at)) {
        return Optional.of(type.cast(at));
      }
      at = at.getCause();
    }
    return Optional.empty();
  }
}

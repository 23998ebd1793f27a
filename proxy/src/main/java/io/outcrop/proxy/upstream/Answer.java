package io.outcrop.proxy.upstream;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The answer to one request, its body still on the way.
 *
 * @param status the HTTP status
 * @param headers the headers
 * @param body to be read to its end, or cancelled
 * @param stall the longest wait for a part of the body
 * @param home whether the endpoint itself answered, not another origin it redirected to
 * @param anonymous whether no credential was sent anywhere on the way
 */
record Answer(
    int status,
    HttpHeaders headers,
    BodyReader body,
    Duration stall,
    boolean home,
    boolean anonymous) {

  private static final int BUFFER = 16 << 10;
  private static final int DRAINED = 64 << 10;
  private static final Duration DRAIN_WAIT = Duration.ofSeconds(1);

  Optional<String> header(String name) {
    return headers.firstValue(name);
  }

  OptionalLong contentLength() {
    try {
      return headers.firstValueAsLong("Content-Length");
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  boolean isHtml() {
    return header("Content-Type")
        .map(type -> type.strip().toLowerCase(Locale.ROOT))
        .filter(type -> type.startsWith("text/html") || type.startsWith("application/xhtml"))
        .isPresent();
  }

  boolean isEncoded() {
    return header("Content-Encoding")
        .filter(coding -> !coding.isBlank() && !coding.strip().equalsIgnoreCase("identity"))
        .isPresent();
  }

  /**
   * Reads the whole body.
   *
   * @return empty if it is longer than {@code max}
   * @throws IOException if it broke off, stalled, or is shorter than declared
   */
  Optional<byte[]> readAll(int max) throws IOException {
    OptionalLong declared = contentLength();
    if (declared.isPresent() && declared.getAsLong() > max) {
      body.cancel();
      return Optional.empty();
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    while (body.read(buffer.clear(), stall) >= 0) {
      bytes.write(buffer.array(), 0, buffer.position());
      if (bytes.size() > max) {
        body.cancel();
        return Optional.empty();
      }
    }
    if (declared.isPresent() && declared.getAsLong() != bytes.size()) {
      throw new IOException(
          "body: " + bytes.size() + " bytes (expected: " + declared.getAsLong() + ")");
    }
    return Optional.of(bytes.toByteArray());
  }

  /** Reads a short rest so that the connection can be used again; gives up on a long one. */
  void drain() {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    try {
      for (int read = 0; read < DRAINED; read += buffer.position()) {
        if (body.read(buffer.clear(), DRAIN_WAIT) < 0) {
          return;
        }
      }
    } catch (IOException e) {
      // Nobody wants these bytes; without them the connection is merely not used again.
    }
    body.cancel();
  }
}

package io.outcrop.proxy.upstream;

import static io.outcrop.proxy.upstream.Fixture.APP;
import static io.outcrop.proxy.upstream.Fixture.BLOB;
import static io.outcrop.proxy.upstream.Fixture.BLOB_DIGEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UpstreamBlobTest {

  private static final String OK = "HTTP/1.1 200 OK";
  private static final String PART = "HTTP/1.1 206 Partial Content\r\ncontent-range: ";
  private static final byte[] TAIL = Arrays.copyOfRange(BLOB, 10, 36);

  private final Fixture fixture = new Fixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  private BlobStream open(RawServer server, long offset) throws UpstreamException {
    return fixture.open(server.url()).openBlob(APP, BLOB_DIGEST, offset);
  }

  @Test
  void open_whole() throws Exception {
    try (RawServer server = new RawServer((_, to) -> to.send(OK, BLOB));
        BlobStream stream = open(server, 0)) {
      assertThat(stream.offset()).isZero();
      assertThat(stream.totalSize()).hasValue(36);
      assertThat(stream.anonymous()).isTrue();
      assertThat(stream.endpoint()).hasToString(server.url());
      assertThat(Fixture.readAll(stream)).isEqualTo(BLOB);
      assertThat(server.requests().getFirst().header("Range")).isEmpty();
      assertThat(fixture.meters.get("outcrop.upstream.bytes").counter().count()).isEqualTo(36);
    }
  }

  @Test
  void open_empty() throws Exception {
    try (RawServer server = new RawServer((_, to) -> to.send(OK));
        BlobStream stream = open(server, 0)) {
      assertThat(stream.read(ByteBuffer.allocate(1))).isEqualTo(-1);
      assertThat(stream.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }
  }

  @Test
  void open_long_arrivesWhole() throws Exception {
    byte[] big = new byte[3 << 20];
    new Random(42).nextBytes(big);
    try (RawServer server = new RawServer((_, to) -> to.send(OK, big));
        BlobStream stream = open(server, 0)) {
      assertThat(Fixture.readAll(stream)).isEqualTo(big);
    }
  }

  @Test
  void open_atOffset() throws Exception {
    try (RawServer server = new RawServer((_, to) -> to.send(PART + "bytes 10-35/36", TAIL));
        BlobStream stream = open(server, 10)) {
      assertThat(stream.offset()).isEqualTo(10);
      assertThat(stream.totalSize()).hasValue(36);
      assertThat(Fixture.readAll(stream)).isEqualTo(TAIL);
      assertThat(server.requests().getFirst().header("Range")).contains("bytes=10-");
    }
  }

  @Test
  void open_atOffsetIgnored_startsAtZero() throws Exception {
    try (RawServer server = new RawServer((_, to) -> to.send(OK, BLOB));
        BlobStream stream = open(server, 10)) {
      assertThat(stream.offset()).isZero();
      assertThat(Fixture.readAll(stream)).isEqualTo(BLOB);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytes 9-35/36",
        "bytes 10-34/36",
        "bytes 10-35/35",
        "bytes 10-30/*",
        "bytes 35-10/36",
        "bytes */36",
        "items 10-35/36",
      })
  void open_atOffset_wrongRange(String range) throws Exception {
    try (RawServer server = new RawServer((_, to) -> to.send(PART + range, TAIL))) {
      assertThatThrownBy(() -> open(server, 10)).isInstanceOf(UpstreamException.Invalid.class);
    }
  }

  @Test
  void open_partNotAskedFor() throws Exception {
    try (RawServer server = new RawServer((_, to) -> to.send(PART + "bytes 0-25/36", TAIL))) {
      assertThatThrownBy(() -> open(server, 0)).isInstanceOf(UpstreamException.Invalid.class);
    }
  }

  @Test
  void open_unsatisfiable() throws Exception {
    try (RawServer server =
        new RawServer((_, to) -> to.send("HTTP/1.1 416 Range\r\ncontent-range: bytes */36"))) {
      assertThatThrownBy(() -> open(server, 100))
          .isInstanceOf(UpstreamException.Invalid.class)
          .hasMessageContaining("no byte at offset 100");
    }
  }

  @Test
  void open_encoded() throws Exception {
    try (RawServer server =
        new RawServer((_, to) -> to.send(OK + "\r\ncontent-encoding: gzip", BLOB))) {
      assertThatThrownBy(() -> open(server, 0)).isInstanceOf(UpstreamException.Invalid.class);
    }
  }

  @Test
  void read_cutMidway_neverEndsCleanly() throws Exception {
    try (RawServer server =
            new RawServer((_, to) -> {
              to.send(OK + "\r\ncontent-length: 36\r\n\r\n", BLOB, 20);
              return false;
            });
        BlobStream stream = open(server, 0)) {
      assertThatThrownBy(() -> Fixture.readAll(stream))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("127.0.0.1");
      assertThatThrownBy(() -> stream.read(ByteBuffer.allocate(1)))
          .as("a second read")
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void read_chunkedCutMidway_neverEndsCleanly() throws Exception {
    try (RawServer server =
            new RawServer((_, to) -> {
              to.send(OK + "\r\ntransfer-encoding: chunked\r\n\r\n24\r\n", BLOB, 20);
              return false;
            });
        BlobStream stream = open(server, 0)) {
      assertThat(stream.totalSize()).isEmpty();
      assertThatThrownBy(() -> Fixture.readAll(stream)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void read_stalled_fails() throws Exception {
    try (RawServer server =
            new RawServer((_, to) -> {
              to.send(OK + "\r\ncontent-length: 36\r\n\r\n", BLOB, 20);
              return to.hang();
            });
        BlobStream stream = open(server, 0)) {
      ByteBuffer buffer = ByteBuffer.allocate(100);
      assertThatThrownBy(
              () -> {
                while (stream.read(buffer) >= 0) {}
              })
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no byte for 500 ms");
      assertThat(buffer.position()).isEqualTo(20);
    }
  }

  @Test
  void read_afterClose_fails() throws Exception {
    try (RawServer server = new RawServer((_, to) -> to.send(OK, BLOB))) {
      BlobStream stream = open(server, 0);
      stream.close();
      stream.close();
      assertThatThrownBy(() -> Fixture.readAll(stream)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void reject_prefersTheOtherEndpoint() throws Exception {
    try (RawServer bad = new RawServer((_, to) -> to.send(OK, TAIL));
        RawServer good = new RawServer((_, to) -> to.send(OK, BLOB))) {
      Upstream upstream = fixture.open(bad.url(), good.url());
      upstream.openBlob(APP, BLOB_DIGEST, 0).reject();

      try (BlobStream stream = upstream.openBlob(APP, BLOB_DIGEST, 0)) {
        assertThat(Fixture.readAll(stream)).isEqualTo(BLOB);
      }
    }
  }

  @Test
  void head_length() throws Exception {
    try (RawServer server =
        new RawServer((_, to) -> to.send(OK + "\r\ncontent-length: 36\r\n\r\n", new byte[0], 0))) {
      assertThat(fixture.open(server.url()).headBlob(APP, BLOB_DIGEST)).isEqualTo(36);
    }
  }

  @Test
  void head_refused_asksForOneByte() throws Exception {
    try (RawServer server =
        new RawServer((request, to) ->
            request.line().startsWith("HEAD")
                ? to.send("HTTP/1.1 405 No")
                : to.send(PART + "bytes 0-0/36", new byte[1]))) {
      assertThat(fixture.open(server.url()).headBlob(APP, BLOB_DIGEST)).isEqualTo(36);
    }
  }

  @Test
  void head_addressSignedForGetOnly_asksForOneByte() throws Exception {
    try (RawServer cdn =
            new RawServer((request, to) ->
                request.line().startsWith("HEAD")
                    ? to.send("HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n", new byte[0], 0)
                    : to.send(PART + "bytes 0-0/36", new byte[1]));
        RawServer server =
            new RawServer((_, to) ->
                to.send("HTTP/1.1 307 There\r\nlocation: " + cdn.otherUrl() + "/x?sig=s"))) {
      assertThat(fixture.open(server.url()).headBlob(APP, BLOB_DIGEST)).isEqualTo(36);
    }
  }
}

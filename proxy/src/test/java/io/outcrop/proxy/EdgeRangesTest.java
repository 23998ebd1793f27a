package io.outcrop.proxy;

import static io.outcrop.proxy.Samples.blob;
import static io.outcrop.proxy.Samples.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Parts of blobs and conditions on them, alike for small ones in memory and large ones in files.
 */
final class EdgeRangesTest {

  private static final int SMALL = 2048;
  private static final int LARGE = 300_000;

  @TempDir static Path folder;
  private static TestRegistry registry;
  private static TestEdge edge;

  @BeforeAll
  static void start() throws IOException {
    registry = new TestRegistry();
    edge = TestEdge.in(folder).upstream("registry.test", registry.url()).start();
    registry.blob("org/app", blob(SMALL, SMALL));
    registry.blob("org/app", blob(LARGE, LARGE));
    edge.get(path(SMALL));
    edge.get(path(LARGE));
  }

  @AfterAll
  static void stop() throws IOException {
    edge.close();
    registry.close();
  }

  @ParameterizedTest
  @CsvSource({
    "0-0, 0, 1",
    "500-1499, 500, 1500",
    "500-, 500, 2048",
    "-500, 1548, 2048",
    "-5000, 0, 2048",
    "2000-5000, 2000, 2048",
    "2047-2047, 2047, 2048",
    "0-2047, 0, 2048",
    "0-, 0, 2048",
    "0-99999999999999999, 0, 2048",
  })
  void servesAPart(String range, int from, int to) throws IOException {
    HttpResponse<byte[]> response = edge.get(path(SMALL), "Range", "bytes=" + range);
    assertThat(response.statusCode()).isEqualTo(206);
    assertThat(response.body()).isEqualTo(Arrays.copyOfRange(blob(SMALL, SMALL), from, to));
    assertThat(header(response, "Content-Range"))
        .isEqualTo("bytes " + from + '-' + (to - 1) + "/2048");
    assertThat(header(response, "Content-Length")).isEqualTo(Integer.toString(to - from));
  }

  @ParameterizedTest
  @CsvSource({
    "0-0, 0, 1",
    "299999-, 299999, 300000",
    "-1, 299999, 300000",
    "65536-131071, 65536, 131072",
    "1-299998, 1, 299999",
  })
  void servesAPartOfAFile(String range, int from, int to) throws IOException {
    HttpResponse<byte[]> response = edge.get(path(LARGE), "Range", "bytes=" + range);
    assertThat(response.statusCode()).isEqualTo(206);
    assertThat(response.body()).isEqualTo(Arrays.copyOfRange(blob(LARGE, LARGE), from, to));
    assertThat(header(response, "Content-Range"))
        .isEqualTo("bytes " + from + '-' + (to - 1) + "/300000");
  }

  @ParameterizedTest
  @ValueSource(strings = {"500-0", "300000-", "500000-600000", "-0", "x-y", "5"})
  void refusesARangeThatIsNone(String range) throws IOException {
    for (int size : List.of(SMALL, LARGE)) {
      HttpResponse<byte[]> response = edge.get(path(size), "Range", "bytes=" + range);
      assertThat(response.statusCode()).isEqualTo(416);
      assertThat(header(response, "Content-Range")).isEqualTo("bytes */" + size);
      assertThat(response.body()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"items=0-5", "0-5", ""})
  void ignoresARangeInOtherUnits(String range) throws IOException {
    HttpResponse<byte[]> response = edge.get(path(SMALL), "Range", range);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).hasSize(SMALL);
  }

  @ParameterizedTest
  @ValueSource(ints = {SMALL, LARGE})
  void servesManyPartsByteForByte(int size) throws IOException {
    HttpResponse<byte[]> response =
        edge.get(path(size), "Range", "bytes=0-9, 100-199,-5,1000-1000");
    assertThat(response.statusCode()).isEqualTo(206);
    assertThat(response.headers().firstValue("Content-Range")).isEmpty();
    String type = header(response, "Content-Type");
    assertThat(type).startsWith("multipart/byteranges; boundary=");
    String boundary = type.substring(type.indexOf('=') + 1);
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    for (int[] part : new int[][] {{0, 10}, {100, 200}, {size - 5, size}, {1000, 1001}}) {
      expected.writeBytes(
          "\r\n--%s\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes %d-%d/%d\r\n\r\n"
              .formatted(boundary, part[0], part[1] - 1, size)
              .getBytes(StandardCharsets.US_ASCII));
      expected.writeBytes(Arrays.copyOfRange(blob(size, size), part[0], part[1]));
    }
    expected.writeBytes(("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII));
    assertThat(response.body()).isEqualTo(expected.toByteArray());
  }

  @ParameterizedTest
  @ValueSource(ints = {SMALL, LARGE})
  void servesAllWhereManyPartsWouldBeMore(int size) throws IOException {
    String overlapping = "bytes=0-" + (size - 1) + ",0-" + (size - 1);
    String many =
        "bytes="
            + IntStream.range(0, 300)
                .mapToObj(i -> i * 5 + "-" + i * 5)
                .collect(Collectors.joining(","));
    for (String range : List.of(overlapping, many)) {
      HttpResponse<byte[]> response = edge.get(path(size), "Range", range);
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).isEqualTo(blob(size, size));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {SMALL, LARGE})
  void servesTheOnlyPartThatThereIs(int size) throws IOException {
    HttpResponse<byte[]> response =
        edge.get(path(size), "Range", "bytes=0-9,999999-,888888-999999");
    assertThat(response.statusCode()).isEqualTo(206);
    assertThat(header(response, "Content-Range")).isEqualTo("bytes 0-9/" + size);
  }

  @ParameterizedTest
  @ValueSource(ints = {SMALL, LARGE})
  void saysNotModifiedToWhoHasIt(int size) throws IOException {
    String tag = '"' + digest(size).toString() + '"';
    for (String value : List.of(tag, "W/" + tag, "\"x\", " + tag, "*")) {
      HttpResponse<byte[]> response = edge.get(path(size), "If-None-Match", value);
      assertThat(response.statusCode()).as(value).isEqualTo(304);
      assertThat(response.body()).isEmpty();
      assertThat(header(response, "ETag")).isEqualTo(tag);
    }
    assertThat(edge.get(path(size), "If-None-Match", "\"x\"").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(ints = {SMALL, LARGE})
  void servesAPartOnlyOfWhatTheClientHas(int size) throws IOException {
    String tag = '"' + digest(size).toString() + '"';
    assertThat(edge.get(path(size), "Range", "bytes=1-2", "If-Range", tag).statusCode())
        .isEqualTo(206);
    for (String other : List.of("\"x\"", "Wed, 21 Oct 2015 07:28:00 GMT", "W/" + tag)) {
      assertThat(edge.get(path(size), "Range", "bytes=1-2", "If-Range", other).statusCode())
          .as(other)
          .isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {SMALL, LARGE})
  void answersHeadAsGetWithoutABody(int size) throws IOException {
    HttpResponse<byte[]> get = edge.get(path(size));
    HttpResponse<byte[]> head = edge.head(path(size));
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(headersOf(head)).isEqualTo(headersOf(get));
    assertThat(header(head, "Accept-Ranges")).isEqualTo("bytes");
    assertThat(header(head, "Content-Length")).isEqualTo(Integer.toString(size));
    assertThat(edge.head(path(size), "Range", "bytes=0-1").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"latest", "by digest"})
  void answersHeadOfAManifestAsGet(String reference) throws IOException {
    byte[] manifest = manifest("head");
    registry.manifest("org/app", "latest", manifest);
    String path =
        "/v2/org/app/manifests/"
            + (reference.equals("latest") ? reference : Digest.sha256(manifest));
    edge.get(path);
    HttpResponse<byte[]> get = edge.get(path);
    HttpResponse<byte[]> head = edge.head(path);
    assertThat(head.body()).isEmpty();
    assertThat(headersOf(head)).isEqualTo(headersOf(get));
    HttpResponse<byte[]> unchanged =
        edge.get(path, "If-None-Match", '"' + Digest.sha256(manifest).toString() + '"');
    assertThat(unchanged.statusCode()).isEqualTo(304);
  }

  private static Map<String, List<String>> headersOf(HttpResponse<byte[]> response) {
    Map<String, List<String>> headers = new TreeMap<>(response.headers().map());
    headers.remove("date");
    return headers;
  }

  private static String header(HttpResponse<byte[]> response, String name) {
    List<String> values = new ArrayList<>(response.headers().allValues(name));
    assertThat(values).as(name).hasSize(1);
    return values.getFirst();
  }

  private static Digest digest(int size) {
    return Digest.sha256(blob(size, size));
  }

  private static String path(int size) {
    return "/v2/org/app/blobs/" + digest(size);
  }
}

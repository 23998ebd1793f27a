package io.outcrop.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.outcrop.oci.Digest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The program as it is started, with content that changes under it. */
final class DamageIT {

  private static final long SIZE = 5_000_000;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  private Origin origin;
  private LargeImage image;

  @BeforeEach
  void start() throws Exception {
    origin = Origin.empty(folder.resolve("origin"));
    image = LargeImage.push(origin, SIZE);
  }

  @AfterEach
  void stop() throws Exception {
    origin.close();
  }

  @Test
  void flippedBit_isFoundByTheScrubToldAndFetchedAgain() throws Exception {
    try (OutcropProcess outcrop = OutcropProcess.start(folder.resolve("outcrop"), origin)) {
      assertThat(outcrop.client().download(image.layerPath())).isEqualTo(image.layer());
      await().until(() -> Files.exists(file(outcrop)));
      try (FileChannel file =
          FileChannel.open(file(outcrop), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        ByteBuffer one = ByteBuffer.allocate(1);
        file.read(one, SIZE / 2);
        one.put(0, (byte) (one.get(0) ^ 1));
        file.write(one.flip(), SIZE / 2);
      }
      origin.forgetAccesses();

      assertThat(scrub(outcrop).statusCode()).isEqualTo(200);

      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> outcrop.log().contains("content " + image.layer() + " is here again"));
      assertThat(outcrop.metric("outcrop_repaired_total")).isEqualTo(1);
      assertThat(origin.downloads()).containsOnlyKeys(image.layer()).containsValue(1L);
      assertThat(outcrop.client().download(image.layerPath())).isEqualTo(image.layer());
      assertThat(origin.downloads()).containsValue(1L);
      assertThat(outcrop.log())
          .containsPattern("content " + image.layer() + " in \\S+ is damaged")
          .contains("found by the scrub");
      try (Stream<Path> pieces = Files.list(outcrop.data().resolve("quarantine"))) {
        assertThat(pieces.map(Path::toString).toList())
            .singleElement()
            .asString()
            .endsWith("-sha256-" + image.layer().hex());
      }
    }
  }

  @Test
  void fileDeletedByHand_isFetchedAgainAtTheFirstRequest() throws Exception {
    try (OutcropProcess outcrop = OutcropProcess.start(folder.resolve("outcrop"), origin)) {
      assertThat(outcrop.client().download(image.layerPath())).isEqualTo(image.layer());
      await().until(() -> Files.exists(file(outcrop)));
      Files.delete(file(outcrop));

      assertThat(outcrop.client().download(image.layerPath())).isEqualTo(image.layer());

      await().until(() -> Files.exists(file(outcrop)));
    }
  }

  private Path file(OutcropProcess outcrop) {
    Digest layer = image.layer();
    return outcrop
        .data()
        .resolve("blobs/sha256")
        .resolve(layer.hex().substring(0, 2))
        .resolve(layer.hex());
  }

  private static HttpResponse<String> scrub(OutcropProcess outcrop)
      throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(outcrop.adminUrl() + "/admin/v1/scrub"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.noBody())
                .build(),
            BodyHandlers.ofString());
  }
}

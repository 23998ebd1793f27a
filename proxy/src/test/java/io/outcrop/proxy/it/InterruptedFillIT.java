package io.outcrop.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.outcrop.oci.Digest;
import io.outcrop.proxy.it.Origin.Access;
import io.outcrop.proxy.it.OutcropProcess.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Outcrop ends while a blob is on its way, and starts again. */
final class InterruptedFillIT {

  private static final long SIZE = 40_000_000;
  private static final long ENOUGH = 6_000_000;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  private Origin origin;
  private LargeImage image;

  /** How Outcrop ends. */
  enum End {
    KILLED("8MB"),
    /** With more still to come than the time it gives to clients allows. */
    TOLD_TO_STOP("2MB");

    private final String bandwidth;

    End(String bandwidth) {
      this.bandwidth = bandwidth;
    }

    void of(OutcropProcess outcrop) throws InterruptedException {
      switch (this) {
        case KILLED -> outcrop.kill();
        case TOLD_TO_STOP -> outcrop.terminate();
      }
    }
  }

  @BeforeEach
  void start() throws Exception {
    origin = Origin.empty(folder.resolve("origin"));
    image = LargeImage.push(origin, SIZE);
  }

  @AfterEach
  void stop() throws Exception {
    origin.close();
  }

  @ParameterizedTest
  @EnumSource
  void fill_goesOnAfterRestart(End end) throws Exception {
    try (OutcropProcess outcrop = startWith(end.bandwidth);
        Download cut = new Download(outcrop)) {
      end.of(outcrop);
      // Cut off, never ended as if it were complete.
      assertThatThrownBy(cut.result::get).hasCauseInstanceOf(IOException.class);

      outcrop.start();
      assertThat(outcrop.client().download(image.layerPath())).isEqualTo(image.layer());

      List<Access> downloads = origin.accesses().stream().filter(Access::isBlobDownload).toList();
      assertThat(downloads).extracting(Access::status).containsExactly(200, 206);
      assertThat(downloads.getLast().bytes()).isBetween(1L, SIZE - cut.received.get());
    }
  }

  @Test
  void download_endsBeforeOutcropStops() throws Exception {
    try (OutcropProcess outcrop = startWith("8MB");
        Download whole = new Download(outcrop)) {
      outcrop.terminate();

      assertThat(whole.result.get()).isEqualTo(image.layer());
    }
  }

  private OutcropProcess startWith(String bandwidth) throws IOException {
    return OutcropProcess.start(
        folder.resolve("outcrop"),
        Settings.of(origin).withUpstreams("bandwidthPerSecond: " + bandwidth));
  }

  /** A client that has received a part of the layer. */
  private final class Download implements AutoCloseable {

    final AtomicLong received = new AtomicLong();
    final Future<Digest> result;
    private final ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor();

    Download(OutcropProcess outcrop) {
      result = thread.submit(() -> outcrop.client().download(image.layerPath(), received::set));
      await().atMost(60, TimeUnit.SECONDS).until(() -> received.get() > ENOUGH);
    }

    @Override
    public void close() {
      thread.shutdownNow();
    }
  }
}

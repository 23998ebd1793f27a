package io.outcrop.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.proxy.cli.Main;
import io.outcrop.proxy.it.OutcropProcess.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What is pinned before the origin goes down can be pulled whole by clients that never came. */
final class PinIT {

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  private Origin origin;
  private OutcropProcess outcrop;

  @BeforeEach
  void start() throws Exception {
    origin = Origin.withImages(folder.resolve("origin"));
    outcrop =
        OutcropProcess.start(
            folder.resolve("outcrop"),
            Settings.of(origin).withUpstreams("tagFreshness: 0s", "staleWhileRevalidate: 0s"));
  }

  @AfterEach
  void stop() throws Exception {
    try (Origin _ = origin;
        OutcropProcess _ = outcrop) {
      // Closed also where only one of them came up.
    }
  }

  @Test
  void pull_pinnedThenKilledAndCutOff() throws Exception {
    assertThat(outcrop("pin", Images.APP.toString())).isZero();
    assertThat(outcrop("pin", Images.MULTI.toString(), "--platform", "all")).isZero();
    // The verbs have ended well, so nothing may be lost any more.
    outcrop.kill();
    origin.kill();
    outcrop.start();

    Client.SKOPEO.pull(outcrop, Images.APP, folder);
    Client.CONTAINERD.pull(outcrop, Images.APP, folder);
    Client.SKOPEO.pull(outcrop, Images.MULTI, folder, "--all");
    Client.PODMAN.pull(outcrop, Images.MULTI, folder, "--platform", "linux/arm64");

    assertThat(outcrop("pin", Images.ZSTD.toString())).as("it is not held").isEqualTo(1);
    assertThat(outcrop("evict", Images.APP.toString())).as("it is pinned").isEqualTo(1);
  }

  private int outcrop(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--admin=" + outcrop.adminAddress());
    return Main.run(all.toArray(String[]::new));
  }
}

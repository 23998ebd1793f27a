package io.outcrop.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A file system of a few MiB, in memory; a test that gets none is skipped, and says so. */
final class SmallVolume implements AutoCloseable {

  private final Path folder;

  private SmallVolume(Path folder) {
    this.folder = folder;
  }

  static SmallVolume mount(Path folder, int mebibytes) throws InterruptedException {
    boolean mounted =
        run(
            "mount",
            "-t",
            "tmpfs",
            "-o",
            "size=" + mebibytes + "m",
            "outcrop-test",
            folder.toString());
    if ("true".equals(System.getenv("OUTCROP_REQUIRE_PROGRAMS"))) {
      assertThat(mounted).as("mount of a tmpfs, which needs root").isTrue();
    }
    assumeTrue(mounted, "skipped: no tmpfs can be mounted here, which needs root");
    return new SmallVolume(folder);
  }

  @Override
  public void close() throws InterruptedException {
    // Lazily, as RocksDB may still be about to delete a file; the folder stays for JUnit to delete.
    assertThat(run("umount", "-l", folder.toString())).isTrue();
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false; // No such program.
    }
  }
}

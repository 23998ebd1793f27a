package io.outcrop.bench.cache.workload;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The recorded traces, which are no part of this project: tests that need them say so and skip. */
public final class TraceFiles {

  private static final Path FOLDER =
      Path.of(Optional.ofNullable(System.getenv("OUTCROP_TRACES")).orElse("../../shared/data"));

  private TraceFiles() {}

  /** The trace, or the test that asks is skipped. */
  public static RegistryTrace trace() throws IOException {
    return RegistryTrace.read(present("ibm_docker_trace_725k.csv.zst"));
  }

  /** The sample with sizes, or the test that asks is skipped. */
  public static RegistrySample sample() throws IOException {
    return RegistrySample.read(present("dal09_blobs_sample.csv"));
  }

  private static Path present(String name) {
    Path file = FOLDER.resolve(name);
    assumeTrue(
        Files.isReadable(file),
        () -> "no " + file.toAbsolutePath().normalize() + "; OUTCROP_TRACES names its folder");
    return file;
  }
}

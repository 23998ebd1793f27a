package io.outcrop.bench.cache;

import io.outcrop.bench.cache.workload.Generator;
import io.outcrop.bench.cache.workload.RegistrySample;
import io.outcrop.bench.cache.workload.RegistryTrace;
import io.outcrop.bench.cache.workload.Workload;
import io.outcrop.bench.cache.workload.ZipfWorkload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Option;

/** Where workloads come from. */
final class Inputs {

  /** What can be asked for. */
  enum Kind {
    /** The recorded trace; sizes that are known, and others drawn by name. */
    TRACE,
    /** The recorded trace with all sizes drawn by name. */
    DRAWN,
    /** The sample with its true sizes. */
    SAMPLE,
    /** What the generator makes. */
    GENERATED,
    /** Independent requests, few and by Zipf's law. */
    ZIPF
  }

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      defaultValue = "${env:OUTCROP_TRACES:-../shared/data}/ibm_docker_trace_725k.csv.zst",
      description =
          "The recorded requests, one path a line, Zstandard. Default: ${DEFAULT-VALUE}. The folder"
              + " of this and the sample also as OUTCROP_TRACES.")
  private Path trace = Path.of("");

  @Option(
      names = "--sample",
      paramLabel = "FILE",
      defaultValue = "${env:OUTCROP_TRACES:-../shared/data}/dal09_blobs_sample.csv",
      description =
          "Some requests with all fields, from which sizes are known. Default: ${DEFAULT-VALUE}.")
  private Path sample = Path.of("");

  /** Makes workloads of a kind. */
  Experiment.Source source(Kind kind) throws IOException {
    return switch (kind) {
      case TRACE -> trace(RegistrySample.read(present(sample)).sizes());
      case DRAWN -> trace(Map.of());
      case SAMPLE -> {
        Workload workload = RegistrySample.read(present(sample)).workload();
        yield _ -> workload;
      }
      case GENERATED -> Generator::generate;
      case ZIPF -> ZipfWorkload::generate;
    };
  }

  private Experiment.Source trace(Map<String, Long> sizes) throws IOException {
    RegistryTrace recorded = RegistryTrace.read(present(trace));
    return seed -> recorded.workload(sizes, seed);
  }

  private static Path present(Path file) throws IOException {
    if (!Files.isReadable(file)) {
      throw new IOException(
          file.toAbsolutePath().normalize()
              + " is not there: the recorded traces are no part of this project; name one by"
              + " --trace or --sample, or choose another --workload");
    }
    return file;
  }
}

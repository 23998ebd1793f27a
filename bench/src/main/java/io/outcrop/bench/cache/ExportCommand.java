package io.outcrop.bench.cache;

import io.outcrop.bench.cache.workload.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes a workload for simulators of others. */
@Command(
    name = "export",
    description =
        "Writes the blob requests of a workload as lines of time, key and size in KiB, which is the"
            + " format named lrb; prints the KiB of all that is asked for.",
    mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {

  @Mixin private final Inputs inputs = new Inputs();

  @Option(
      names = "--workload",
      paramLabel = "KIND",
      required = true,
      description = "${COMPLETION-CANDIDATES}.")
  private Inputs.Kind workload = Inputs.Kind.TRACE;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(names = "--to", paramLabel = "FILE", required = true, description = "Where to.")
  private Path file = Path.of("");

  @Override
  public Integer call() throws IOException {
    Workload rounded = Agreement.inKib(inputs.source(workload).workload(seed));
    try (PrintWriter lines = new PrintWriter(Files.newBufferedWriter(file))) {
      int time = 0;
      for (int content : rounded.blobRequests()) {
        lines.printf("%d %d %d%n", time++, content, rounded.catalogue().bytes(content) >> 10);
      }
      if (lines.checkError()) {
        throw new IOException("cannot write " + file);
      }
    }
    System.out.println(rounded.uniqueBytes() >> 10);
    return 0;
  }
}

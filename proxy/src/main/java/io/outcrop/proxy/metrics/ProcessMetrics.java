package io.outcrop.proxy.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the process takes of its machine, under the names that every Prometheus client library uses.
 */
public final class ProcessMetrics {

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final long KIB = 1024;

  private ProcessMetrics() {}

  /** Registers with a registry. */
  public static void bind(MeterRegistry registry) {
    Gauge.builder("process.resident.memory", ProcessMetrics::residentBytes)
        .description("Resident memory")
        .baseUnit("bytes")
        .register(registry);
    Gauge.builder("jvm.memory.used", ProcessMetrics::heapBytes)
        .description("Heap in use")
        .baseUnit("bytes")
        .tags("area", "heap")
        .register(registry);
    Gauge.builder(
            "process.start.time",
            () -> ManagementFactory.getRuntimeMXBean().getStartTime() / 1000.0)
        .description("Start of the process since the epoch")
        .baseUnit("seconds")
        .register(registry);
  }

  private static double heapBytes() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static double residentBytes() {
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .map(line -> line.replaceAll("[^0-9]", ""))
          .mapToDouble(kib -> Double.parseDouble(kib) * KIB)
          .findFirst()
          .orElse(Double.NaN);
    } catch (IOException e) {
      return Double.NaN; // Not Linux: the gauge shows nothing.
    }
  }
}

package io.outcrop.bench.cache.workload;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;

/**
 * The GET requests of three days to one zone of IBM's registry (Anwar et al., FAST'18), as a
 * Zstandard file with one path a line: {@code v2}, {@code v2/<repository>/manifests/<reference>} or
 * {@code v2/<repository>/blobs/<digest>}, names shortened to hashes. It tells neither size nor
 * client nor time. Immutable.
 */
public final class RegistryTrace {

  private static final Duration SPAN = Duration.ofDays(3);
  private static final int[] UNKNOWN_LAYERS = {};

  private final Workload unsized;
  private final String[] contents;

  private RegistryTrace(Workload unsized, String[] contents) {
    this.unsized = unsized;
    this.contents = contents;
  }

  /**
   * Reads a trace.
   *
   * @throws IOException if it cannot be read, or a line is none of the three kinds
   */
  public static RegistryTrace read(Path file) throws IOException {
    String[] lines;
    try (InputStream stream = new ZstdInputStream(Files.newInputStream(file));
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      lines = reader.lines().toArray(String[]::new);
    } catch (UncheckedIOException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
    Numbering contents = new Numbering();
    Numbering images = new Numbering();
    Numbering repositories = new Numbering();
    Workload.Builder requests = new Workload.Builder();
    for (int i = 0; i < lines.length; i++) {
      long when = SPAN.toMillis() * i / lines.length;
      String line = lines[i];
      int last = line.lastIndexOf('/');
      if (line.equals("v2")) {
        requests.add(
            RequestKind.PING, 0, Workload.UNKNOWN_CLIENT, Workload.UNKNOWN_REPOSITORY, when);
      } else if (line.substring(0, Math.max(0, last)).endsWith("/blobs")) {
        String repository = line.substring(0, last - "/blobs".length());
        requests.add(
            RequestKind.BLOB,
            contents.of(line.substring(last + 1)),
            Workload.UNKNOWN_CLIENT,
            repositories.of(repository),
            when);
      } else if (line.substring(0, Math.max(0, last)).endsWith("/manifests")) {
        String repository = line.substring(0, last - "/manifests".length());
        requests.add(
            RequestKind.MANIFEST,
            images.of(line),
            Workload.UNKNOWN_CLIENT,
            repositories.of(repository),
            when);
      } else {
        throw new IOException(
            "%s line %d: %s (expected: v2, or a path of a manifest or blob)"
                .formatted(file, i + 1, line));
      }
    }
    String[] names = contents.names();
    long[] unknown = new long[names.length];
    int[][] layers = new int[images.size()][];
    Arrays.fill(layers, UNKNOWN_LAYERS);
    return new RegistryTrace(requests.build("trace", new Catalogue(names, unknown, layers)), names);
  }

  /**
   * The trace with a size for each content: the true one where it is known, else one by its name,
   * spread like the sizes of the registry.
   *
   * @param known sizes by name, such as those of {@link RegistrySample#sizes}
   * @param seed another seed gives other contents the large sizes
   */
  public Workload workload(Map<String, Long> known, long seed) {
    long[] bytes =
        Arrays.stream(contents)
            .mapToLong(name -> {
              Long size = known.get(name);
              return size == null ? SizeDistribution.OF_REGISTRY.of(name, seed) : size;
            })
            .toArray();
    return unsized.withBytes("trace", bytes);
  }
}

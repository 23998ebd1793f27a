package io.outcrop.bench.cache.workload;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A sample of blob requests from the trace of IBM's registry with all fields, as CSV: who asked for
 * what when, and how many bytes were sent. Immutable.
 */
public final class RegistrySample {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss[.SSS]");

  private final List<Row> rows;

  private RegistrySample(List<Row> rows) {
    this.rows = rows;
  }

  /**
   * Reads a sample.
   *
   * @throws IOException if it cannot be read, a column is missing, or a field is not what it should
   *     be
   */
  public static RegistrySample read(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
    if (lines.size() < 2) {
      throw new IOException(file + ": " + lines.size() + " lines (expected: a header and rows)");
    }
    Columns columns = Columns.of(file, lines.getFirst());
    List<Row> rows = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      try {
        rows.add(columns.row(lines.get(i)));
      } catch (RuntimeException e) {
        throw new IOException("%s line %d: %s".formatted(file, i + 1, lines.get(i)), e);
      }
    }
    rows.sort(Comparator.comparing(Row::when));
    return new RegistrySample(List.copyOf(rows));
  }

  /** The size of each content by its name, which is that of the {@link RegistryTrace}. */
  public Map<String, Long> sizes() {
    Map<String, Long> sizes = new HashMap<>();
    // An answer may have been cut short.
    rows.forEach(row -> sizes.merge(row.content, row.bytes, Math::max));
    return Map.copyOf(sizes);
  }

  /** The requests of the sample. */
  public Workload workload() {
    Map<String, Long> sizes = sizes();
    Numbering contents = new Numbering();
    Numbering clients = new Numbering();
    Numbering repositories = new Numbering();
    Workload.Builder requests = new Workload.Builder();
    long begin = rows.getFirst().when.toEpochMilli();
    for (Row row : rows) {
      requests.add(
          RequestKind.BLOB,
          contents.of(row.content),
          clients.of(row.client) + 1,
          repositories.of(row.repository),
          row.when.toEpochMilli() - begin);
    }
    String[] names = contents.names();
    long[] bytes = new long[names.length];
    for (int i = 0; i < names.length; i++) {
      bytes[i] = sizes.getOrDefault(names[i], 0L);
    }
    return requests.build("sample", new Catalogue(names, bytes, new int[0][]));
  }

  private record Row(String client, String repository, String content, long bytes, Instant when) {}

  /** Where the fields are. No field of this format is quoted. */
  private record Columns(int client, int path, int bytes, int when) {

    static Columns of(Path file, String header) throws IOException {
      List<String> names = List.of(header.split(",", -1));
      return new Columns(
          find(file, names, "http.request.remoteaddr"),
          find(file, names, "http.request.uri"),
          find(file, names, "http.response.written"),
          find(file, names, "timestamp"));
    }

    private static int find(Path file, List<String> names, String name) throws IOException {
      int found = names.indexOf(name);
      if (found < 0) {
        throw new IOException(file + ": no column " + name + " in " + names);
      }
      return found;
    }

    Row row(String line) {
      String[] fields = line.split(",", -1);
      String uri = fields[path];
      int blobs = uri.lastIndexOf("/blobs/");
      return new Row(
          fields[client],
          uri.substring(0, blobs),
          uri.substring(blobs + "/blobs/".length()),
          Math.max(1, (long) Double.parseDouble(fields[bytes])),
          LocalDateTime.parse(fields[when], TIME).toInstant(ZoneOffset.UTC));
    }
  }
}

package io.outcrop.storage;

import io.outcrop.oci.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the folder of a store holds, from outside: the database is opened for reading only, also
 * while another process has it open, and nothing is mended. It is true of a store that nobody
 * changes meanwhile.
 *
 * @param entries what the database says is resident, and the size of each
 * @param orphans files under {@code blobs} that no entry names
 * @param missing entries without a file
 * @param wrong entries whose file has another length, or whose small content is not there
 * @param partials growing files
 * @param strays files under {@code fills} and {@code quarantine} that are neither
 * @param bytes of all content: files, growing or damaged ones too, and small content
 */
public record StoreAudit(
    Map<Digest, Long> entries,
    List<Path> orphans,
    List<Digest> missing,
    List<Digest> wrong,
    List<Path> partials,
    List<Path> strays,
    long bytes) {

  /** Copies what is mutable. */
  public StoreAudit {
    entries = Map.copyOf(entries);
    orphans = List.copyOf(orphans);
    missing = List.copyOf(missing);
    wrong = List.copyOf(wrong);
    partials = List.copyOf(partials);
    strays = List.copyOf(strays);
  }

  /** Whether files and database agree. */
  public boolean isConsistent() {
    return orphans.isEmpty() && missing.isEmpty() && wrong.isEmpty() && strays.isEmpty();
  }

  /**
   * Looks at a folder.
   *
   * @throws IOException if it is no store, or cannot be read
   */
  public static StoreAudit of(Path root) throws IOException {
    try (MetadataStore metadata = MetadataStore.openReadOnly(root.resolve("db"))) {
      return new Audit(root, metadata).run();
    }
  }

  /** Bytes of all files of content under a folder: complete, growing and damaged. */
  public static long fileBytes(Path root) throws IOException {
    long sum = 0;
    Set<Object> seen = new HashSet<>();
    for (String part : List.of("fills", "blobs", "quarantine")) {
      for (Path file : files(root.resolve(part))) {
        try {
          var attributes =
              Files.readAttributes(file, java.nio.file.attribute.BasicFileAttributes.class);
          // A file that changes its name from one to the other meanwhile is still one.
          if (seen.add(String.valueOf(attributes.fileKey()))) {
            sum += attributes.size();
          }
        } catch (NoSuchFileException e) {
          // Gone since it was listed.
        }
      }
    }
    return sum;
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> !Files.isDirectory(file)).sorted().toList();
    } catch (java.io.UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** One look. */
  private static final class Audit {

    private final Path root;
    private final MetadataStore metadata;
    private final Map<Digest, Long> entries = new HashMap<>();
    private final Set<Digest> withFile = new HashSet<>();
    private final List<Path> orphans = new ArrayList<>();
    private final List<Digest> missing = new ArrayList<>();
    private final List<Digest> wrong = new ArrayList<>();
    private final List<Path> partials = new ArrayList<>();
    private final List<Path> strays = new ArrayList<>();

    Audit(Path root, MetadataStore metadata) {
      this.root = root;
      this.metadata = metadata;
    }

    StoreAudit run() throws IOException {
      readEntries();
      long smallBytes = 0;
      for (Map.Entry<Digest, Long> entry : entries.entrySet()) {
        if (!withFile.contains(entry.getKey())) {
          smallBytes += entry.getValue();
          checkBody(entry.getKey());
        }
      }
      matchFiles();
      sortOthers();
      return new StoreAudit(
          entries, orphans, missing, wrong, partials, strays, smallBytes + fileBytes(root));
    }

    private void readEntries() throws StoreException {
      Interner<io.outcrop.oci.MediaType> types = new Interner<>();
      metadata.scan(
          Table.CONTENT,
          new byte[0],
          new byte[0],
          (key, value) -> {
            ContentRow row = ContentRow.decode(value, types);
            if (!row.deleting()) {
              Digest digest = Digest.parse(new String(key, StandardCharsets.UTF_8));
              entries.put(digest, row.entry().size);
              if (!row.entry().inline) {
                withFile.add(digest);
              }
            }
            return true;
          });
    }

    private void checkBody(Digest digest) throws StoreException {
      Optional<byte[]> body = metadata.get(Table.BODY, ContentStore.key(digest));
      if (body.isEmpty() || !Digest.of(digest.algorithm(), body.get()).equals(digest)) {
        wrong.add(digest);
      }
    }

    private void matchFiles() throws IOException {
      Set<Digest> unseen = new HashSet<>(withFile);
      for (Path file : files(root.resolve("blobs"))) {
        String algorithm = root.resolve("blobs").relativize(file).getName(0).toString();
        Optional<Digest> digest = Digest.tryParse(algorithm + ':' + file.getFileName());
        if (digest.isEmpty() || !unseen.remove(digest.get())) {
          orphans.add(file);
        } else if (Files.size(file) != entries.getOrDefault(digest.get(), -1L)) {
          wrong.add(digest.get());
        }
      }
      missing.addAll(unseen);
    }

    private void sortOthers() throws IOException {
      for (Path file : files(root.resolve("fills"))) {
        boolean partial =
            Digest.tryParse(file.getFileName().toString().replaceFirst("-", ":")).isPresent();
        (partial ? partials : strays).add(file);
      }
      for (Path file : files(root.resolve("quarantine"))) {
        if (Quarantine.digest(file.getFileName().toString()).isEmpty()) {
          strays.add(file);
        }
      }
    }
  }
}

package io.outcrop.refactor.build;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.outcrop.oci.Digest;
import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.scan.LayerIndex;
import io.outcrop.refactor.scan.LayerIndexCodec;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what is known of layers in a directory, a file for each: {@code indexes/<digest>} and
 * {@code layers/<key>}. A file appears whole or not at all; a damaged one counts as none, and is
 * replaced. Indexes used last are kept in memory too.
 */
public final class DirectoryRefactorState implements RefactorState {

  private static final Logger LOG = LoggerFactory.getLogger(DirectoryRefactorState.class);

  private final Path indexes;
  private final Path layers;
  private final MemoryRefactorState recent;

  /**
   * @param directory made if it is not there
   * @param maxEntriesInMemory see {@link MemoryRefactorState}
   */
  public DirectoryRefactorState(Path directory, long maxEntriesInMemory) throws IOException {
    this.indexes = Files.createDirectories(directory.resolve("indexes"));
    this.layers = Files.createDirectories(directory.resolve("layers"));
    this.recent = new MemoryRefactorState(maxEntriesInMemory);
  }

  @Override
  public Optional<LayerIndex> index(Digest blob) {
    Optional<LayerIndex> known = recent.index(blob);
    if (known.isPresent()) {
      return known;
    }
    Path file = file(indexes, blob.toString());
    try (InputStream in = Files.newInputStream(file)) {
      LayerIndex index = LayerIndexCodec.read(in);
      recent.putIndex(blob, index);
      return Optional.of(index);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      LOG.warn("{} is not used: {}; the layer is scanned again", file, e.getMessage());
      return Optional.empty();
    }
  }

  @Override
  public void putIndex(Digest blob, LayerIndex index) throws IOException {
    recent.putIndex(blob, index);
    replace(indexes, blob.toString(), out -> LayerIndexCodec.write(index, out));
  }

  @Override
  public Optional<BuiltLayer> built(LayerKey key) {
    Path file = file(layers, key.toString());
    try {
      return Optional.of(parse(Files.readString(file)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      LOG.warn("{} is not used: {}; the layer is built again", file, e.getMessage());
      return Optional.empty();
    }
  }

  private static BuiltLayer parse(String line) {
    String[] fields = line.strip().split(" ", -1);
    return new BuiltLayer(
        ContentHash.of(Digest.parse(fields[0])),
        Long.parseLong(fields[1]),
        Digest.parse(fields[2]),
        Long.parseLong(fields[3]));
  }

  @Override
  public void putBuilt(LayerKey key, BuiltLayer layer) throws IOException {
    String line =
        layer.diffId()
            + " "
            + layer.tarLength()
            + " "
            + layer.blob()
            + " "
            + layer.blobLength()
            + "\n";
    replace(layers, key.toString(), out -> out.write(line.getBytes(UTF_8)));
  }

  /** Writes a file. */
  private interface Writing {
    void to(OutputStream out) throws IOException;
  }

  private static void replace(Path directory, String name, Writing writing) throws IOException {
    Path temporary = Files.createTempFile(directory, "new", ".tmp");
    try {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(temporary))) {
        writing.to(out);
      }
      Files.move(
          temporary,
          file(directory, name),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static Path file(Path directory, String name) {
    return directory.resolve(name.replace(':', '-').replace('/', '-'));
  }
}

package io.outcrop.proxy.refactor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.outcrop.oci.Digest;
import io.outcrop.refactor.build.BuiltLayer;
import io.outcrop.refactor.build.DirectoryRefactorState;
import io.outcrop.refactor.build.LayerKey;
import io.outcrop.refactor.build.RefactorState;
import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.scan.LayerIndex;
import io.outcrop.storage.DerivedImages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What is known of layers: what groups they were made of, in the database, as what was made is made
 * again by that; what is in them, in files, which can be lost. Thread-safe.
 */
final class EngineState implements RefactorState {

  private static final long ENTRIES_IN_MEMORY = 300_000;

  private final DerivedImages derived;
  private final DirectoryRefactorState indexes;

  /**
   * @param folder for what can be lost
   */
  EngineState(DerivedImages derived, Path folder) throws IOException {
    this.derived = derived;
    this.indexes = new DirectoryRefactorState(folder, ENTRIES_IN_MEMORY);
  }

  @Override
  public Optional<LayerIndex> index(Digest blob) throws IOException {
    return indexes.index(blob);
  }

  @Override
  public void putIndex(Digest blob, LayerIndex index) throws IOException {
    indexes.putIndex(blob, index);
  }

  @Override
  public Optional<BuiltLayer> built(LayerKey key) throws IOException {
    return derived.note(key.toString()).map(EngineState::decode);
  }

  @Override
  public void putBuilt(LayerKey key, BuiltLayer layer) throws IOException {
    derived.note(
        key.toString(),
        (layer.diffId() + " " + layer.tarLength() + " " + layer.blob() + " " + layer.blobLength())
            .getBytes(UTF_8));
  }

  static BuiltLayer decode(byte[] value) {
    String[] fields = new String(value, UTF_8).split(" ", -1);
    return new BuiltLayer(
        ContentHash.of(Digest.parse(fields[0])),
        Long.parseLong(fields[1]),
        Digest.parse(fields[2]),
        Long.parseLong(fields[3]));
  }
}

package io.outcrop.refactor.layout;

import io.outcrop.oci.Digest;
import io.outcrop.refactor.build.BuiltLayer;
import io.outcrop.refactor.build.DirectoryRefactorState;
import io.outcrop.refactor.build.LayerKey;
import io.outcrop.refactor.build.MemoryRefactorState;
import io.outcrop.refactor.build.RefactorState;
import io.outcrop.refactor.scan.LayerIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What earlier refactorings of a layout have found out about its layers, for reading only: what is
 * added is kept in memory. Thread-safe.
 */
public final class LayoutKnowledge implements RefactorState {

  private static final long ENTRIES_IN_MEMORY = 500_000;

  private final Optional<RefactorState> kept;
  private final RefactorState added = new MemoryRefactorState(ENTRIES_IN_MEMORY);

  private LayoutKnowledge(Optional<RefactorState> kept) {
    this.kept = kept;
  }

  /** What is known of a layout: nothing, if none of it was ever refactored. */
  public static LayoutKnowledge of(Path layout) throws IOException {
    Path folder = layout.resolve(LayoutWorkspace.FOLDER);
    return new LayoutKnowledge(
        Files.isDirectory(folder.resolve("indexes")) && Files.isDirectory(folder.resolve("layers"))
            ? Optional.of(new DirectoryRefactorState(folder, ENTRIES_IN_MEMORY))
            : Optional.empty());
  }

  @Override
  public Optional<LayerIndex> index(Digest blob) throws IOException {
    Optional<LayerIndex> known = added.index(blob);
    return known.isPresent() || kept.isEmpty() ? known : kept.get().index(blob);
  }

  @Override
  public void putIndex(Digest blob, LayerIndex index) throws IOException {
    added.putIndex(blob, index);
  }

  @Override
  public Optional<BuiltLayer> built(LayerKey key) throws IOException {
    Optional<BuiltLayer> known = added.built(key);
    return known.isPresent() || kept.isEmpty() ? known : kept.get().built(key);
  }

  @Override
  public void putBuilt(LayerKey key, BuiltLayer layer) throws IOException {
    added.putBuilt(key, layer);
  }
}

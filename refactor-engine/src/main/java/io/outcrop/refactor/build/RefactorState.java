package io.outcrop.refactor.build;

import io.outcrop.oci.Digest;
import io.outcrop.refactor.scan.LayerIndex;
import java.io.IOException;
import java.util.Optional;

/**
 * What has been found out about layers, by what determines it: kept, it makes an interrupted
 * refactoring go on where it was, and the next image cheaper. All of it can be lost and found out
 * again. Thread-safe.
 */
public interface RefactorState {

  /** What is in a layer, if it is known. */
  Optional<LayerIndex> index(Digest blob) throws IOException;

  /** Keeps what is in a layer. */
  void putIndex(Digest blob, LayerIndex index) throws IOException;

  /** The layer made of a group, if one was; its blob may be gone by now. */
  Optional<BuiltLayer> built(LayerKey key) throws IOException;

  /** Keeps what layer was made of a group. */
  void putBuilt(LayerKey key, BuiltLayer layer) throws IOException;
}

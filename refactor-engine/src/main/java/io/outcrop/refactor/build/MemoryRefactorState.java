package io.outcrop.refactor.build;

import io.outcrop.oci.Digest;
import io.outcrop.refactor.scan.LayerIndex;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps what is known of layers in memory: of indexes the last ones used, up to a number of
 * entries.
 */
public final class MemoryRefactorState implements RefactorState {

  private final long maxEntries;
  private final Map<Digest, LayerIndex> indexes = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<LayerKey, BuiltLayer> built = new ConcurrentHashMap<>();
  private long entries;

  /**
   * @param maxEntries how many entries the indexes kept may have together; each takes some 100
   *     bytes
   */
  public MemoryRefactorState(long maxEntries) {
    this.maxEntries = maxEntries;
  }

  @Override
  public synchronized Optional<LayerIndex> index(Digest blob) {
    return Optional.ofNullable(indexes.get(blob));
  }

  @Override
  public synchronized void putIndex(Digest blob, LayerIndex index) {
    LayerIndex before = indexes.put(blob, index);
    entries += index.size() - (before == null ? 0 : before.size());
    Iterator<LayerIndex> eldest = indexes.values().iterator();
    while (entries > maxEntries && eldest.hasNext()) {
      entries -= eldest.next().size();
      eldest.remove();
    }
  }

  @Override
  public Optional<BuiltLayer> built(LayerKey key) {
    return Optional.ofNullable(built.get(key));
  }

  @Override
  public void putBuilt(LayerKey key, BuiltLayer layer) {
    built.put(key, layer);
  }
}

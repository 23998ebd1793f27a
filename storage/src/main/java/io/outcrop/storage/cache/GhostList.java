package io.outcrop.storage.cache;

import io.outcrop.oci.Digest;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One of the two lists of evicted content, oldest eviction first. */
final class GhostList {

  private final LinkedHashMap<Digest, Ghost> ghosts = new LinkedHashMap<>();
  private final GhostListener listener;
  private long bytes;

  GhostList(GhostListener listener) {
    this.listener = listener;
  }

  long bytes() {
    return bytes;
  }

  int size() {
    return ghosts.size();
  }

  @Nullable Ghost get(Digest content) {
    return ghosts.get(content);
  }

  /** Remembers content as the latest to have gone. */
  void add(Digest content, Ghost ghost) {
    restore(content, ghost);
    listener.added(content, ghost);
  }

  /** As {@link #add}, of what the listener knows. */
  void restore(Digest content, Ghost ghost) {
    Ghost known = ghosts.remove(content);
    bytes += ghost.bytes() - (known == null ? 0 : known.bytes());
    ghosts.put(content, ghost);
  }

  @Nullable Ghost remove(Digest content) {
    Ghost ghost = ghosts.remove(content);
    if (ghost != null) {
      bytes -= ghost.bytes();
      listener.dropped(content);
    }
    return ghost;
  }

  void removeOldest() {
    Map.Entry<Digest, Ghost> oldest = ghosts.firstEntry();
    if (oldest != null) {
      remove(oldest.getKey());
    }
  }
}

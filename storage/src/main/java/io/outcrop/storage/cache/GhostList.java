package io.outcrop.storage.cache;

import io.outcrop.oci.Digest;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One of the two lists of what is remembered of evicted content, oldest eviction first. */
final class GhostList {

  private final LinkedHashMap<Digest, Ghost> ghosts = new LinkedHashMap<>();
  private final GhostListener listener;
  private long bytes;

  GhostList(GhostListener listener) {
    this.listener = listener;
  }

  /** The sum of the sizes the content had. */
  long bytes() {
    return bytes;
  }

  int size() {
    return ghosts.size();
  }

  @Nullable Ghost get(Digest content) {
    return ghosts.get(content);
  }

  /** Remembers content, which it did not, as the latest to have gone. */
  void add(Digest content, Ghost ghost) {
    restore(content, ghost);
    listener.added(content, ghost);
  }

  /** As {@link #add}, of what the listener knows. */
  void restore(Digest content, Ghost ghost) {
    ghosts.put(content, ghost);
    bytes += ghost.bytes();
  }

  void remove(Digest content) {
    Ghost ghost = ghosts.remove(content);
    if (ghost != null) {
      bytes -= ghost.bytes();
      listener.dropped(content);
    }
  }

  void removeOldest() {
    Map.Entry<Digest, Ghost> oldest = ghosts.firstEntry();
    if (oldest != null) {
      remove(oldest.getKey());
    }
  }
}

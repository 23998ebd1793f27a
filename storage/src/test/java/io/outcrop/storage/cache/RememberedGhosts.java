package io.outcrop.storage.cache;

import io.outcrop.oci.Digest;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a listener that keeps all it is told would know, in the order it was told. */
final class RememberedGhosts implements GhostListener {

  final Map<Digest, Ghost> ghosts = new LinkedHashMap<>();

  @Override
  public void added(Digest content, Ghost ghost) {
    if (ghosts.put(content, ghost) != null) {
      throw new AssertionError(content + " was remembered already");
    }
  }

  @Override
  public void dropped(Digest content) {
    if (ghosts.remove(content) == null) {
      throw new AssertionError(content + " was not remembered");
    }
  }

  long bytes(SegmentName list) {
    return ghosts.values().stream()
        .filter(ghost -> ghost.list() == list)
        .mapToLong(Ghost::bytes)
        .sum();
  }

  long count(SegmentName list) {
    return ghosts.values().stream().filter(ghost -> ghost.list() == list).count();
  }
}

package io.outcrop.proxy.refactor;

import io.outcrop.oci.Digest;
import io.outcrop.storage.DerivedImage;
import io.outcrop.storage.DerivedImage.Kind;
import io.outcrop.storage.DerivedImage.Made;
import io.outcrop.storage.cache.RefetchCost;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What it would take to get content again: for what was made here, to fetch what it is made of and
 * to make it; for the rest, what the link says. Thread-safe.
 */
public final class RebuildCost implements RefetchCost {

  // Unpacking, sorting and compressing, on one processor.
  private static final double UNPACKED_BYTES_PER_SECOND = 20e6;

  private final RefetchCost link;
  private final Map<Digest, Work> made = new ConcurrentHashMap<>();

  private record Work(Digest source, long sourceBytes, float seconds) {}

  /**
   * @param link what it takes to fetch
   */
  public RebuildCost(RefetchCost link) {
    this.link = link;
  }

  /** Learns of images that were made. */
  void know(List<DerivedImage> images) {
    for (DerivedImage image : images) {
      if (image.result() instanceof Made result) {
        result.parts().stream()
            .filter(part -> part.kind() == Kind.LAYER)
            .forEach(part ->
                made.put(
                    part.digest(),
                    new Work(
                        image.source(),
                        image.sourceBytes(),
                        (float) (part.unpackedSize() / UNPACKED_BYTES_PER_SECOND))));
      }
    }
  }

  /** Forgets an image that cannot be made again. */
  void forget(DerivedImage image) {
    made.values().removeIf(work -> work.source.equals(image.source()));
  }

  @Override
  public double seconds(Digest content, long bytes) {
    Work work = made.get(content);
    return work == null
        ? link.seconds(content, bytes)
        : link.seconds(work.source, work.sourceBytes) + work.seconds;
  }

  @Override
  public double usualSeconds(Digest content, long bytes) {
    return made.containsKey(content) ? seconds(content, bytes) : link.usualSeconds(content, bytes);
  }
}

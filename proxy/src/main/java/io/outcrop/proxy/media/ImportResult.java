package io.outcrop.proxy.media;

import java.util.List;
import java.util.Map;

/**
 * What an import came to.
 *
 * @param images those that are there now
 * @param sentBytes bytes that were sent
 * @param heldBytes bytes that the edge had already
 * @param keptTags what tags go on meaning, by their names, as the edge knows that from a later time
 * @param evicted how many pieces of content had to leave for others of the same import
 */
public record ImportResult(
    List<ImportImage> images,
    long sentBytes,
    long heldBytes,
    Map<String, EdgeContent.Known> keptTags,
    int evicted) {

  /** Copies what is mutable. */
  public ImportResult {
    images = List.copyOf(images);
    keptTags = Map.copyOf(keptTags);
  }
}

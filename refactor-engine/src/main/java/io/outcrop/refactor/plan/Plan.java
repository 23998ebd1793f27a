package io.outcrop.refactor.plan;

import java.util.List;
import java.util.Map;

/**
 * How an image is layered.
 *
 * <p>Every entry asked for that is no directory is in exactly one group, all names of a file are in
 * the same one, and all directories asked for are in the top group. The others hold no directories:
 * their layers bring the ones they need with neutral metadata, which the top layer overrides.
 *
 * @param shared groups that other images may have too, bottom first
 * @param top what is left: the private layer, above all others
 * @param annotations what to publish with the image, such as a threshold that was raised
 */
public record Plan(List<Group> shared, Group top, Map<String, String> annotations) {

  /** Copies what is mutable. */
  public Plan {
    shared = List.copyOf(shared);
    annotations = Map.copyOf(annotations);
  }
}

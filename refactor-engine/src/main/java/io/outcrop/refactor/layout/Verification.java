package io.outcrop.refactor.layout;

import io.outcrop.refactor.model.ContentHash;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the check of one image found.
 *
 * @param image what it is called
 * @param layers how many layers were read
 * @param bytes how many compressed bytes they have
 * @param tree the hash of its root file system, on which two independent folds agree; absent where
 *     there is none to be had
 * @param notes what could not be checked, and why
 * @param problems what is wrong
 */
public record Verification(
    String image,
    int layers,
    long bytes,
    Optional<ContentHash> tree,
    List<String> notes,
    List<String> problems) {

  /** Copies what is mutable. */
  public Verification {
    notes = List.copyOf(notes);
    problems = List.copyOf(problems);
  }

  /** Whether nothing is wrong. */
  public boolean isSound() {
    return problems.isEmpty();
  }

  /** The same with one more problem. */
  Verification with(String problem) {
    List<String> more = new ArrayList<>(problems);
    more.add(problem);
    return new Verification(image, layers, bytes, tree, notes, more);
  }
}

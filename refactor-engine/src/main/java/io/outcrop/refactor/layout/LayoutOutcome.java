package io.outcrop.refactor.layout;

import io.outcrop.oci.Descriptor;
import io.outcrop.refactor.Outcome;
import java.util.List;

/** What came of an entry of a layout. */
public sealed interface LayoutOutcome {

  /**
   * One image of the entry.
   *
   * @param image which
   * @param outcome what came of it
   */
  record Part(PlatformImage image, Outcome outcome) {}

  /**
   * There is a new image, or an index with at least one.
   *
   * @param entry the new entry in the layout's index
   * @param parts what came of each image
   */
  record Refactored(Descriptor entry, List<Part> parts) implements LayoutOutcome {
    /** Copies what is mutable. */
    public Refactored {
      parts = List.copyOf(parts);
    }
  }

  /**
   * It was refactored before, by the same rules.
   *
   * @param entry the entry that is there
   */
  record Standing(Descriptor entry) implements LayoutOutcome {}

  /**
   * Nothing was made of it.
   *
   * @param parts why, of each image
   */
  record Left(List<Part> parts) implements LayoutOutcome {
    /** Copies what is mutable. */
    public Left {
      parts = List.copyOf(parts);
    }
  }
}

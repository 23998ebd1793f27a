package io.outcrop.refactor.layout;

import io.outcrop.oci.Descriptor;
import io.outcrop.refactor.Annotations;
import io.outcrop.storage.layout.LayoutIndex;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An image of a layout, or several for different platforms under one name.
 *
 * @param label what people call it: its name, or its digest where it has none of its own
 * @param name the reference name, where no other entry has the same
 * @param entry its entry in the layout's index
 */
public record LayoutImage(String label, Optional<String> name, Descriptor entry) {

  /** What is put behind the name of an image to name what was made of it. */
  public static final String SUFFIX = "-refactored";

  /** Whether this is what was made of another image, by what the layout's index says. */
  public boolean isRefactored() {
    return entry.annotations().containsKey(Annotations.SOURCE);
  }

  /** The name of what is made of this. */
  public Optional<String> refactoredName() {
    return name.map(text -> text + SUFFIX);
  }

  /** What is made of this, for people. */
  public String refactoredLabel() {
    return refactoredName().orElse(label + SUFFIX);
  }

  /** The annotations that the entry of what is made of this has. */
  Map<String, String> refactoredAnnotations(Map<String, String> more) {
    Map<String, String> annotations = new LinkedHashMap<>(entry.annotations());
    annotations.remove(LayoutIndex.REFERENCE_NAME);
    refactoredName().ifPresent(text -> annotations.put(LayoutIndex.REFERENCE_NAME, text));
    // A full name with a digest in it would be a lie about another image.
    annotations.computeIfPresent(
        LayoutIndex.IMAGE_NAME, (_, full) -> full.contains("@") ? null : full + SUFFIX);
    annotations.putAll(more);
    return annotations;
  }
}

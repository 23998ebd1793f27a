package io.outcrop.proxy.media;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.InvalidNameException;
import io.outcrop.oci.Manifest;
import io.outcrop.oci.Repository;
import io.outcrop.storage.layout.LayoutIndex;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Finds out what is in a layout. Runs once. */
final class ImportPlanner {

  private static final int MOST_DOCUMENTS = 200_000;

  private final DocumentSource source;
  private final NameRule names;
  private final boolean allPrivate;
  // One for each piece of content, as thousands of images may share it.
  private final Map<Digest, Descriptor> known = new HashMap<>();
  private int read;

  /**
   * @param allPrivate whether not everybody may read these images, whatever the layout says
   */
  ImportPlanner(DocumentSource source, NameRule names, boolean allPrivate) {
    this.source = source;
    this.names = names;
    this.allPrivate = allPrivate;
  }

  /**
   * Reads the documents of a layout.
   *
   * @param modified when the index was written: what tags meant is not known from a later time
   * @throws MediaException if an image has no name, or its manifest is not there
   */
  ImportPlan plan(LayoutIndex index, Instant modified) throws IOException {
    List<ImportImage> images = new ArrayList<>();
    List<Found> nameless = new ArrayList<>();
    for (Descriptor entry : index.entries()) {
      Found found = new Found(entry);
      if (!document(entry, found, 0)) {
        throw new MediaException(
            "the layout names the manifest " + entry.digest() + " and does not have it");
      }
      if (found.subject.isPresent() && LayoutIndex.name(entry).isEmpty()) {
        nameless.add(found);
      } else {
        images.add(found.image(names.name(entry), modified));
      }
    }
    if (names.namesOne() && images.size() > 1) {
      throw new MediaException(
          "the layout has %d images, and --as names one: name the repository alone, as with --as %s"
              .formatted(images.size(), names.as().orElseThrow().repository()));
    }
    Map<Digest, Set<Repository>> places = places(images);
    for (Found found : nameless) {
      for (Repository repository : repositories(found, places)) {
        images.add(found.image(ImageName.of(repository, found.entry.digest()), modified));
      }
    }
    return ImportPlan.of(images);
  }

  /** Whether a document is there; what it needs is added to what was found. */
  private boolean document(Descriptor descriptor, Found found, int depth) throws IOException {
    if (found.documents.containsKey(descriptor.digest())) {
      return true;
    }
    if (depth > Documents.MOST_DEPTH) {
      throw new MediaException(
          "the indexes of the layout are nested deeper than " + Documents.MOST_DEPTH + " levels");
    }
    read++;
    if (read > MOST_DOCUMENTS) {
      throw new MediaException("the layout has more than " + MOST_DOCUMENTS + " manifests");
    }
    Optional<byte[]> bytes = source.document(descriptor);
    if (bytes.isEmpty()) {
      return false;
    }
    Manifest manifest = Documents.parse(descriptor, bytes.get());
    if (depth == 0) {
      found.subject = manifest.subject();
    }
    switch (manifest) {
      case Manifest.Image image -> {
        found.blobs.put(image.config().digest(), only(image.config()));
        for (Descriptor layer : image.layers()) {
          (Documents.isForeign(layer) ? found.extras : found.blobs)
              .put(layer.digest(), only(layer));
        }
      }
      case Manifest.Index index -> index(index, found, depth);
    }
    // Behind what it names.
    found.documents.put(descriptor.digest(), only(descriptor));
    return true;
  }

  private void index(Manifest.Index index, Found found, int depth) throws IOException {
    boolean any = index.manifests().isEmpty();
    for (Descriptor child : index.manifests()) {
      boolean attests = Documents.attested(child).isPresent();
      if (!Documents.isDocument(child.mediaType())) {
        found.extras.put(child.digest(), only(child));
      } else if (document(child, found, depth + 1)) {
        any = true;
        if (!attests) {
          found.platforms.add(Documents.shown(child));
        }
      } else if (!attests) {
        found.absent.add(Documents.shown(child));
      }
    }
    if (!any && found.extras.isEmpty()) {
      throw new MediaException(
          "the layout has an index with none of its manifests: " + String.join(", ", found.absent));
    }
  }

  /** What matters of a descriptor, and is the same wherever the content is named. */
  private Descriptor only(Descriptor descriptor) throws MediaException {
    Descriptor one =
        known.computeIfAbsent(
            descriptor.digest(),
            digest -> Descriptor.of(descriptor.mediaType(), digest, descriptor.size()));
    if (one.size() != descriptor.size()) {
      throw new MediaException(
          "manifests of the layout give two lengths to %s: %d and %d bytes"
              .formatted(descriptor.digest(), one.size(), descriptor.size()));
    }
    return one;
  }

  /** The repositories in which a document is. */
  private static Map<Digest, Set<Repository>> places(List<ImportImage> images) {
    Map<Digest, Set<Repository>> places = new LinkedHashMap<>();
    for (ImportImage image : images) {
      for (Descriptor document : image.documents()) {
        places
            .computeIfAbsent(document.digest(), digest -> new TreeSet<>())
            .add(image.repository());
      }
    }
    return places;
  }

  /** Where something without a name belongs: where the layout says, and where its subject is. */
  private Set<Repository> repositories(Found found, Map<Digest, Set<Repository>> places)
      throws MediaException {
    Set<Repository> repositories = new TreeSet<>();
    String said = found.entry.annotations().get(Marks.REPOSITORY);
    if (names.as().isPresent()) {
      repositories.add(names.as().get().repository());
    } else if (said != null) {
      repositories.add(repository(said));
    }
    Digest subject = found.subject.orElseThrow().digest();
    repositories.addAll(places.getOrDefault(subject, Set.of()));
    if (repositories.isEmpty()) {
      throw new MediaException(
          "nothing says of which repository %s is, which refers to %s: say so with --as"
              .formatted(found.entry.digest(), subject));
    }
    // What refers to this is where this is.
    places.computeIfAbsent(found.entry.digest(), d -> new TreeSet<>()).addAll(repositories);
    return repositories;
  }

  private static Repository repository(String text) throws MediaException {
    int slash = text.indexOf('/');
    try {
      return Repository.of(text.substring(0, Math.max(0, slash)), text.substring(slash + 1));
    } catch (InvalidNameException e) {
      throw new MediaException("the layout says: " + e.getMessage(), e);
    }
  }

  /** What was found below one entry. */
  private final class Found {
    private final Descriptor entry;
    private final Map<Digest, Descriptor> documents = new LinkedHashMap<>();
    private final Map<Digest, Descriptor> blobs = new LinkedHashMap<>();
    private final Map<Digest, Descriptor> extras = new LinkedHashMap<>();
    private final Set<String> platforms = new LinkedHashSet<>();
    private final Set<String> absent = new LinkedHashSet<>();
    private Optional<Descriptor> subject = Optional.empty();

    Found(Descriptor entry) {
      this.entry = entry;
    }

    ImportImage image(ImageName name, Instant modified) {
      return new ImportImage(
          name,
          entry,
          confirmedAt(modified),
          allPrivate || Marks.PRIVATE.equals(entry.annotations().get(Marks.ACCESS)),
          subject,
          List.copyOf(documents.values()),
          List.copyOf(blobs.values()),
          extras.values().stream().filter(extra -> !blobs.containsKey(extra.digest())).toList(),
          List.copyOf(platforms),
          List.copyOf(absent));
    }

    private Instant confirmedAt(Instant modified) {
      String text = entry.annotations().get(Marks.CONFIRMED_AT);
      try {
        return text == null ? modified : Instant.parse(text);
      } catch (DateTimeParseException e) {
        return modified;
      }
    }
  }
}

package io.outcrop.proxy.media;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.Manifest;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.media.EdgeContent.Presence;
import io.outcrop.proxy.media.ExportImage.Missing;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds what an edge holds of images. Not thread-safe. */
final class ExportWalk {

  private final EdgeContent edge;
  private final PlatformChoice platforms;
  private final boolean incompleteToo;
  // Of one repository at a time, as images come in the order of their names.
  private final Map<Digest, Presence> looked = new HashMap<>();
  private Optional<Repository> lookedIn = Optional.empty();
  // One for each piece of content, as thousands of images may share it.
  private final Map<Digest, Descriptor> known = new HashMap<>();

  /**
   * @param incompleteToo whether to take of an image what is there, rather than all or nothing
   */
  ExportWalk(EdgeContent edge, PlatformChoice platforms, boolean incompleteToo) {
    this.edge = edge;
    this.platforms = platforms;
    this.incompleteToo = incompleteToo;
  }

  /** An image as far as it is held; empty if not even its manifest is. */
  Optional<ExportImage> image(ImageName name, Digest root, Optional<Instant> confirmedAt)
      throws IOException {
    Repository repository = name.repository();
    if (!(look(repository, root) instanceof Presence.Held held) || held.mediaType().isEmpty()) {
      return Optional.empty();
    }
    Descriptor descriptor = Descriptor.of(held.mediaType().get(), root, held.size());
    Part part = document(repository, descriptor, 0);
    return Optional.of(
        new ExportImage(
            name,
            descriptor,
            confirmedAt,
            List.copyOf(part.documents.values()),
            List.copyOf(part.blobs.values()),
            part.isPrivate,
            part.platforms,
            part.leftOut,
            part.missing));
  }

  private Part document(Repository repository, Descriptor descriptor, int depth)
      throws IOException {
    if (depth > Documents.MOST_DEPTH) {
      throw new MediaException(
          repository + ": its indexes are nested deeper than " + Documents.MOST_DEPTH + " levels");
    }
    Part part = new Part();
    if (!part.take(repository, "manifest", descriptor, part.documents)) {
      return part;
    }
    Optional<byte[]> bytes = Documents.read(edge, repository, descriptor);
    if (bytes.isEmpty()) {
      part.documents.clear();
      part.missing.add(new Missing("manifest", descriptor));
      return part;
    }
    switch (Documents.parse(descriptor, bytes.get())) {
      case Manifest.Image image -> image(part, repository, image);
      case Manifest.Index index -> index(part, repository, index, depth);
    }
    return part;
  }

  private void image(Part part, Repository repository, Manifest.Image image) throws IOException {
    part.take(repository, "configuration", image.config(), part.blobs);
    for (Descriptor layer : image.layers()) {
      if (!Documents.isForeign(layer)
          || look(repository, layer.digest()) instanceof Presence.Held) {
        part.take(repository, "layer", layer, part.blobs);
      }
    }
  }

  private void index(Part part, Repository repository, Manifest.Index index, int depth)
      throws IOException {
    List<Missing> left = new ArrayList<>();
    Set<Digest> included = new HashSet<>();
    for (Descriptor child : index.manifests()) {
      if (Documents.attested(child).isPresent() || !platforms.includes(Documents.platform(child))) {
        continue;
      }
      Part found = child(repository, child, depth);
      if (found.missing.isEmpty() || (incompleteToo && !found.isEmpty())) {
        included.add(child.digest());
        part.platforms.add(Documents.shown(child));
        part.add(found);
      } else {
        part.leftOut.add(Documents.shown(child));
        found.missing.forEach(
            m -> left.add(new Missing(Documents.shown(child) + ": " + m.what(), m.content())));
      }
    }
    // Which platforms have to be there: those that were asked for, else any one of them.
    if (platforms instanceof PlatformChoice.Certain || included.isEmpty()) {
      part.missing.addAll(left);
    }
    if (included.isEmpty() && left.isEmpty() && !index.manifests().isEmpty()) {
      throw new MediaException(
          repository + ": has no such platform (expected: one of " + offered(index) + ")");
    }
    attestations(part, repository, index, included, depth);
  }

  /** What attests to a manifest goes where that goes, where it is held; nobody needs it to run. */
  private void attestations(
      Part part, Repository repository, Manifest.Index index, Set<Digest> included, int depth)
      throws IOException {
    for (Descriptor child : index.manifests()) {
      if (Documents.attested(child).filter(included::contains).isPresent()) {
        Part found = child(repository, child, depth);
        if (found.missing.isEmpty()) {
          part.add(found);
        }
      }
    }
  }

  private Part child(Repository repository, Descriptor child, int depth) throws IOException {
    if (Documents.isDocument(child.mediaType())) {
      return document(repository, child, depth + 1);
    }
    Part part = new Part();
    part.take(repository, "content", child, part.blobs);
    return part;
  }

  private static String offered(Manifest.Index index) {
    return String.join(
        ", ",
        index.manifests().stream()
            .filter(child -> Documents.attested(child).isEmpty())
            .map(Documents::shown)
            .distinct()
            .toList());
  }

  private Presence look(Repository repository, Digest digest) throws IOException {
    if (!lookedIn.equals(Optional.of(repository))) {
      looked.clear();
      lookedIn = Optional.of(repository);
    }
    Presence known = looked.get(digest);
    if (known == null) {
      known = edge.look(digest, List.of(repository));
      looked.put(digest, known);
    }
    return known;
  }

  /** What was found below one document. */
  private final class Part {
    private final Map<Digest, Descriptor> documents = new LinkedHashMap<>();
    private final Map<Digest, Descriptor> blobs = new LinkedHashMap<>();
    private final List<String> platforms = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();
    private final List<Missing> missing = new ArrayList<>();
    private boolean isPrivate;

    boolean isEmpty() {
      return documents.isEmpty() && blobs.isEmpty();
    }

    /** Takes content if it is held, and as long as it is said to be. */
    boolean take(
        Repository repository, String what, Descriptor descriptor, Map<Digest, Descriptor> where)
        throws IOException {
      if (look(repository, descriptor.digest()) instanceof Presence.Held held
          && held.size() == descriptor.size()) {
        where.put(descriptor.digest(), only(descriptor));
        isPrivate |= held.isPrivate();
        return true;
      }
      missing.add(new Missing(what, only(descriptor)));
      return false;
    }

    void add(Part other) {
      add(other.documents, documents);
      add(other.blobs, blobs);
      missing.addAll(other.missing);
      isPrivate |= other.isPrivate;
    }

    private static void add(Map<Digest, Descriptor> from, Map<Digest, Descriptor> to) {
      Collection<Descriptor> all = from.values();
      all.forEach(descriptor -> to.putIfAbsent(descriptor.digest(), descriptor));
    }
  }

  private Descriptor only(Descriptor descriptor) {
    return known.computeIfAbsent(
        descriptor.digest(),
        digest -> Descriptor.of(descriptor.mediaType(), digest, descriptor.size()));
  }
}

package io.outcrop.proxy.images;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Platform;
import io.outcrop.oci.Reference;
import io.outcrop.oci.Repository;
import io.outcrop.oci.Tag;
import io.outcrop.proxy.images.ImagePart.Kind;
import io.outcrop.proxy.names.ImageReference;
import io.outcrop.storage.ContentInfo;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.MutableRecord;
import io.outcrop.storage.RecordKey;
import io.outcrop.storage.StoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The images that are held, and what of each. Never asks an upstream. Blocks; thread-safe. */
public final class ImageCatalog {

  private static final Logger LOG = LoggerFactory.getLogger(ImageCatalog.class);
  private static final int PAGE = 1_000;

  private final ContentStore store;
  private final ImageGraph graph;
  private final ImageConfigs configs;

  /** Lists what a store holds. */
  public ImageCatalog(ContentStore store, ImageGraph graph) {
    this.store = store;
    this.graph = graph;
    this.configs = new ImageConfigs(store);
  }

  /**
   * The images of some repositories, ordered by repository.
   *
   * @param after only those of repositories behind this one, by their full names
   * @param limit from so many images on, no further repository is begun
   */
  public List<HeldImage> images(Optional<String> after, int limit) throws IOException {
    List<HeldImage> images = new ArrayList<>();
    Optional<String> last = after;
    while (images.size() < limit) {
      List<Repository> page = store.directory().repositories(Optional.empty(), last, PAGE);
      if (page.isEmpty()) {
        return images;
      }
      for (Repository repository : page) {
        if (images.size() >= limit) {
          return images;
        }
        images.addAll(images(repository));
      }
      last = Optional.of(page.getLast().toString());
    }
    return images;
  }

  /** The images of one repository: those with tags first, then those that no tag is known for. */
  public List<HeldImage> images(Repository repository) throws IOException {
    Map<Digest, List<String>> tagged = new LinkedHashMap<>();
    for (Tag tag : allTags(repository)) {
      Optional<MutableRecord> record =
          store.directory().record(new RecordKey.OfTag(repository, tag));
      if (record.isPresent() && isDocument(record.get().digest())) {
        tagged.computeIfAbsent(record.get().digest(), key -> new ArrayList<>()).add(tag.value());
      }
    }
    List<HeldImage> images = new ArrayList<>();
    Set<Digest> within = new HashSet<>();
    for (Map.Entry<Digest, List<String>> entry : tagged.entrySet()) {
      add(images, within, repository, entry.getKey(), entry.getValue());
    }
    Set<Digest> others = new LinkedHashSet<>(documents(repository));
    // Indexes first, as they account for the manifests within.
    for (Digest index : others.stream().filter(this::isIndex).toList()) {
      if (!within.contains(index)) {
        add(images, within, repository, index, List.of());
      }
    }
    for (Digest manifest : others) {
      if (!within.contains(manifest)) {
        add(images, within, repository, manifest, List.of());
      }
    }
    return images;
  }

  /** What an image name means here, as far as is known without asking. */
  public Optional<Digest> root(ImageReference image) throws StoreException {
    return switch (image.reference()) {
      case Digest digest -> isDocument(digest) ? Optional.of(digest) : Optional.empty();
      case Tag tag ->
          store
              .directory()
              .record(new RecordKey.OfTag(image.repository(), tag))
              .map(MutableRecord::digest)
              .filter(this::isDocument);
    };
  }

  /**
   * What belongs to an image, of those platforms whose manifest is held.
   *
   * @throws ImageException if a document cannot be read
   */
  public ImageParts parts(Repository repository, Digest root) throws ImageException, IOException {
    ImageParts all = graph.held(repository, root, Platforms.ALL);
    Set<Digest> unread = new HashSet<>(all.unread());
    return new ImageParts(
        repository,
        root,
        all.parts().stream().filter(part -> !unread.contains(part.digest())).toList(),
        all.unread(),
        all.foreign());
  }

  /** An image as it is listed. */
  public HeldImage describe(Repository repository, Reference name, ImageParts parts)
      throws StoreException {
    return describe(repository, parts, name instanceof Tag tag ? List.of(tag.value()) : List.of());
  }

  private void add(
      List<HeldImage> images,
      Set<Digest> within,
      Repository repository,
      Digest root,
      List<String> tags)
      throws IOException {
    try {
      ImageParts parts = parts(repository, root);
      parts.parts().stream()
          .filter(part -> part.kind().isDocument())
          .forEach(part -> within.add(part.digest()));
      images.add(describe(repository, parts, tags));
    } catch (ImageException e) {
      LOG.debug("{} of {} is not listed: {}", root, repository, e.getMessage());
    }
  }

  private HeldImage describe(Repository repository, ImageParts parts, List<String> tags)
      throws StoreException {
    List<ImagePart> missing =
        parts.parts().stream().filter(part -> store.info(part.digest()).isEmpty()).toList();
    Reference first = tags.isEmpty() ? parts.root() : new Tag(tags.getFirst());
    return new HeldImage(
        new ImageReference(repository, first).toString(),
        repository,
        tags,
        parts.root(),
        platforms(parts),
        parts.bytes(),
        missing.size(),
        missing.stream().mapToLong(ImagePart::size).sum(),
        store.lastUse(parts.root()),
        store.pins().of(parts.root()));
  }

  private List<String> platforms(ImageParts parts) throws StoreException {
    Set<String> platforms = new LinkedHashSet<>();
    Map<Digest, Digest> configs =
        parts.parts().stream()
            .filter(part -> part.kind() == Kind.CONFIG)
            .collect(
                Collectors.toMap(ImagePart::manifest, ImagePart::digest, (first, other) -> first));
    for (ImagePart part : parts.parts()) {
      if (part.kind() != Kind.MANIFEST) {
        continue;
      }
      Optional<Platform> platform = part.platform();
      if (platform.isEmpty() && configs.containsKey(part.digest())) {
        platform = this.configs.platform(configs.getOrDefault(part.digest(), part.digest()));
      }
      platform.ifPresent(p -> platforms.add(p.toString()));
    }
    return List.copyOf(platforms);
  }

  private List<Tag> allTags(Repository repository) throws StoreException {
    List<Tag> all = new ArrayList<>();
    Optional<String> after = Optional.empty();
    while (true) {
      List<Tag> page = store.directory().tags(repository, after, PAGE);
      all.addAll(page);
      if (page.size() < PAGE) {
        return all;
      }
      after = Optional.of(page.getLast().value());
    }
  }

  private List<Digest> documents(Repository repository) throws StoreException {
    List<Digest> documents = new ArrayList<>();
    Optional<String> after = Optional.empty();
    while (true) {
      List<Digest> page = store.directory().contents(repository, after, PAGE);
      page.stream().filter(this::isDocument).forEach(documents::add);
      if (page.size() < PAGE) {
        return documents;
      }
      after = Optional.of(page.getLast().toString());
    }
  }

  private boolean isDocument(Digest digest) {
    return store
        .info(digest)
        .flatMap(ContentInfo::mediaType)
        .filter(ImageGraph::isDocument)
        .isPresent();
  }

  private boolean isIndex(Digest digest) {
    return store
        .info(digest)
        .flatMap(ContentInfo::mediaType)
        .filter(type -> type.isIndex())
        .isPresent();
  }
}

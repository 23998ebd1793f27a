package io.outcrop.proxy.refactor;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.config.RefactorMode;
import io.outcrop.proxy.resolve.ReferrersService;
import io.outcrop.proxy.resolve.ReferrersService.ServedReferrers;
import io.outcrop.proxy.resolve.Upstreams;
import io.outcrop.proxy.upstream.UpstreamException;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.DerivedImage;
import io.outcrop.storage.DerivedImage.Made;
import io.outcrop.storage.DerivedImage.Part;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What refers to a manifest: what its upstream lists, and what was made of it here. Blocks;
 * thread-safe.
 */
public final class RefactoredReferrers {

  private static final JsonMapper JSON = JsonMapper.shared();

  private final ContentStore store;
  private final Upstreams upstreams;
  private final MadeImages images;
  private final ReferrersService referrers;
  private final List<String> recipes;

  /**
   * @param recipes by which images and indexes are made
   */
  RefactoredReferrers(
      ContentStore store,
      Upstreams upstreams,
      MadeImages images,
      ReferrersService referrers,
      List<String> recipes) {
    this.store = store;
    this.upstreams = upstreams;
    this.images = images;
    this.referrers = referrers;
    this.recipes = List.copyOf(recipes);
  }

  /** As {@link ReferrersService#get}. */
  public ServedReferrers get(Repository repository, Digest subject, Optional<String> artifactType)
      throws UpstreamException, IOException {
    ServedReferrers served = referrers.get(repository, subject, artifactType);
    if (upstreams.of(repository).config().refactor().of(repository.name()) == RefactorMode.OFF) {
      return served;
    }
    List<ObjectNode> made = new ArrayList<>();
    for (String recipe : recipes) {
      Optional<DerivedImage> image = store.derived().find(subject, recipe);
      if (image.isPresent()
          && image.get().result() instanceof Made result
          && images.mayRead(repository, result.root())) {
        describe(result).filter(node -> isOf(node, artifactType)).ifPresent(made::add);
      }
    }
    return made.isEmpty() ? served : served.with(made);
  }

  private static boolean isOf(ObjectNode descriptor, Optional<String> artifactType) {
    return artifactType.isEmpty()
        || descriptor.path("artifactType").asString("").equals(artifactType.get());
  }

  /** As registries describe referrers: an image is of the kind of its configuration. */
  private Optional<ObjectNode> describe(Made made) throws IOException {
    Optional<byte[]> document = store.derived().document(made.root());
    Optional<Part> root =
        made.parts().stream().filter(part -> part.digest().equals(made.root())).findFirst();
    if (document.isEmpty() || root.isEmpty()) {
      return Optional.empty();
    }
    try {
      JsonNode tree = JSON.readTree(document.get());
      ObjectNode node = JSON.createObjectNode();
      node.put("mediaType", made.mediaType().value());
      node.put("digest", made.root().toString());
      node.put("size", root.get().size());
      String type = tree.path("artifactType").asString(tree.at("/config/mediaType").asString(""));
      if (!type.isEmpty()) {
        node.put("artifactType", type);
      }
      if (tree.path("annotations") instanceof ObjectNode annotations) {
        node.set("annotations", annotations);
      }
      return Optional.of(node);
    } catch (JacksonException e) {
      throw new IOException("manifest " + made.root() + " cannot be read", e);
    }
  }
}

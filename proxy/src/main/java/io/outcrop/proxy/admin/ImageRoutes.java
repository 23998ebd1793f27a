package io.outcrop.proxy.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.http.Response;
import io.outcrop.proxy.images.HeldImage;
import io.outcrop.proxy.images.ImageCatalog;
import io.outcrop.proxy.images.ImageEviction;
import io.outcrop.proxy.images.ImagePart;
import io.outcrop.proxy.images.ImageParts;
import io.outcrop.proxy.names.ImageReference;
import io.outcrop.proxy.names.NameMapper;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.Explanation;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The images and content that are held: which, why, and to be rid of them. Thread-safe. */
public final class ImageRoutes {

  private static final int MOST = 1_000;

  private final NameMapper names;
  private final ContentStore store;
  private final ImageCatalog catalog;
  private final ImageEviction eviction;
  private final RefactorViews refactored;

  /**
   * @param names maps what operators call images
   */
  public ImageRoutes(
      NameMapper names,
      ContentStore store,
      ImageCatalog catalog,
      ImageEviction eviction,
      RefactorViews refactored) {
    this.names = names;
    this.store = store;
    this.catalog = catalog;
    this.eviction = eviction;
    this.refactored = refactored;
  }

  /** The routes. */
  public List<Route> routes() {
    return List.of(
        Route.get("/admin/v1/images", this::list),
        Route.get("/admin/v1/images/{image...}", this::detail),
        Route.delete("/admin/v1/images/{image...}", this::evictImage),
        Route.get("/admin/v1/content/{digest}/explanation", this::explain),
        Route.delete("/admin/v1/content/{digest}", this::evictContent));
  }

  private Response list(AdminRequest request) throws Exception {
    Optional<String> repository = request.parameter("repository");
    ObjectNode node = JsonViews.object();
    ArrayNode array = node.putArray("images");
    if (repository.isPresent()) {
      catalog
          .images(names.map(repository.get(), Optional.empty()))
          .forEach(image -> array.add(JsonViews.image(image)));
      return Answers.json(node);
    }
    int limit = limit(request);
    List<HeldImage> images = catalog.images(request.parameter("after"), limit);
    images.forEach(image -> array.add(JsonViews.image(image)));
    if (images.size() >= limit) {
      node.put("next", images.getLast().repository().toString());
    }
    return Answers.json(node);
  }

  private Response detail(AdminRequest request) throws Exception {
    ImageReference image = image(request);
    Digest root = catalog.root(image).orElseThrow(() -> notHeld(image.toString()));
    ImageParts parts = catalog.parts(image.repository(), root);
    ObjectNode node =
        JsonViews.image(catalog.describe(image.repository(), image.reference(), parts));
    node.put("otherPlatforms", parts.unread().size()).put("foreignLayers", parts.foreign());
    refactored.addTo(node, image.repository(), root);
    ArrayNode array = node.putArray("parts");
    for (ImagePart part : parts.parts()) {
      array.add(part(part));
    }
    return Answers.json(node);
  }

  private ObjectNode part(ImagePart part) throws Exception {
    ObjectNode node =
        JsonViews.object()
            .put("digest", part.digest().toString())
            .put("kind", JsonViews.word(part.kind()))
            .put("bytes", part.size())
            .put("mediaType", part.mediaType().value());
    part.platform().ifPresent(platform -> node.put("platform", platform.toString()));
    ObjectNode why = JsonViews.object();
    JsonViews.explain(why, store.explain(part.digest()), store.lastUse(part.digest()), List.of());
    why.remove(List.of("bytes", "mediaType", "repositories"));
    node.setAll(why);
    return node;
  }

  private Response explain(AdminRequest request) throws Exception {
    Digest digest = Digest.parse(request.variable("digest"));
    Optional<Explanation> explanation = store.explain(digest);
    List<Repository> repositories = store.directory().repositoriesOf(digest);
    if (explanation.isEmpty() && repositories.isEmpty()) {
      throw new ProblemException(HttpResponseStatus.NOT_FOUND, digest + ": nothing is known of it");
    }
    ObjectNode node = JsonViews.object().put("digest", digest.toString());
    JsonViews.explain(node, explanation, store.lastUse(digest), repositories);
    refactored.addSources(node, digest);
    return Answers.json(node);
  }

  private Response evictImage(AdminRequest request) throws Exception {
    ImageReference image = image(request);
    return Answers.json(
        JsonViews.evicted(eviction.evict(image).orElseThrow(() -> notHeld(image.toString()))));
  }

  private Response evictContent(AdminRequest request) throws Exception {
    Digest digest = Digest.parse(request.variable("digest"));
    return Answers.json(
        JsonViews.evicted(eviction.evict(digest).orElseThrow(() -> notHeld(digest.toString()))));
  }

  private ImageReference image(AdminRequest request) throws Exception {
    return ImageReference.parse(request.variable("image"), names);
  }

  private static int limit(AdminRequest request) {
    String text = request.parameter("limit").orElse(Integer.toString(MOST));
    if (!text.matches("[1-9][0-9]{0,3}") || Integer.parseInt(text) > MOST) {
      throw new ProblemException(
          HttpResponseStatus.BAD_REQUEST, "limit: " + text + " (expected: 1 to " + MOST + ")");
    }
    return Integer.parseInt(text);
  }

  private static ProblemException notHeld(String what) {
    return new ProblemException(HttpResponseStatus.NOT_FOUND, what + ": is not held");
  }
}

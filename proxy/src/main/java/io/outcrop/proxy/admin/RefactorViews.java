package io.outcrop.proxy.admin;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.refactor.RefactorStatus;
import io.outcrop.proxy.refactor.RefactorTask;
import io.outcrop.storage.DerivedImage;
import io.outcrop.storage.DerivedImage.Kind;
import io.outcrop.storage.DerivedImage.Made;
import io.outcrop.storage.DerivedImage.Part;
import io.outcrop.storage.DerivedImage.Refused;
import io.outcrop.storage.StoreException;
import io.outcrop.storage.TagAnswer;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Shows refactored images as JSON. Thread-safe. */
public final class RefactorViews {

  private final RefactorStatus status;

  /** Shows what is known there. */
  public RefactorViews(RefactorStatus status) {
    this.status = status;
  }

  static ObjectNode image(DerivedImage image) {
    ObjectNode node =
        JsonViews.object()
            .put("source", image.source().toString())
            .put("recipe", image.recipe())
            .put("at", image.at().toString());
    switch (image.result()) {
      case Made made -> {
        List<Part> layers =
            made.parts().stream().filter(part -> part.kind() == Kind.LAYER).toList();
        node.put("outcome", "refactored")
            .put("digest", made.root().toString())
            .put("mediaType", made.mediaType().value())
            .put("sourceBytes", image.sourceBytes())
            .put("layers", layers.size())
            .put("bytes", layers.stream().mapToLong(Part::size).sum())
            .put("newBytes", layers.stream().filter(Part::isNew).mapToLong(Part::size).sum());
      }
      case Refused(String reason, String detail) ->
          node.put("outcome", "refused").put("reason", reason).put("detail", detail);
    }
    return node;
  }

  static ObjectNode task(RefactorTask task) {
    RefactorTask.State state = task.state();
    return JsonViews.object()
        .put("image", task.name())
        .put("running", task.isRunning())
        .put("phase", JsonViews.word(state.phase()))
        .put("doneBytes", state.done())
        .put("bytes", state.total());
  }

  static ObjectNode answer(TagAnswer answer) {
    return JsonViews.object()
        .put("image", answer.repository() + ":" + answer.tag())
        .put("source", answer.source().toString())
        .put("given", answer.given().toString())
        .put("refactored", !answer.given().equals(answer.source()))
        .put("since", answer.since().toString());
  }

  /** Adds what came of an image, if anything did. */
  void addTo(ObjectNode node, Repository repository, Digest source) throws StoreException {
    Optional<DerivedImage> image = status.of(source);
    if (image.isPresent()) {
      node.set("refactored", image(image.get()));
    } else {
      status
          .failure(repository, source)
          .ifPresent(why ->
              node.set(
                  "refactored",
                  JsonViews.object()
                      .put("source", source.toString())
                      .put("outcome", "failed")
                      .put("detail", why)));
    }
  }

  /** Adds what some content was made of, if it was made here. */
  void addSources(ObjectNode node, Digest content) throws StoreException {
    List<DerivedImage> images = status.having(content);
    if (!images.isEmpty()) {
      ArrayNode sources = node.putArray("madeOf");
      images.forEach(image -> sources.add(image.source().toString()));
    }
  }
}

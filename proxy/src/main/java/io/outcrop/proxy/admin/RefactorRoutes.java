package io.outcrop.proxy.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.outcrop.proxy.config.RefactorMode;
import io.outcrop.proxy.http.Response;
import io.outcrop.proxy.names.ImageReference;
import io.outcrop.proxy.names.NameMapper;
import io.outcrop.proxy.refactor.RefactorJobs;
import io.outcrop.proxy.refactor.RefactorStatus;
import io.outcrop.proxy.resolve.Upstreams;
import io.outcrop.storage.DerivedImage;
import io.outcrop.storage.DerivedImage.Kind;
import io.outcrop.storage.DerivedImage.Made;
import io.outcrop.storage.TagAnswer;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Refactored images: what was made, why not, and to have it made. Thread-safe. */
public final class RefactorRoutes {

  private static final int MOST = 1_000;

  private final NameMapper names;
  private final Upstreams upstreams;
  private final RefactorJobs jobs;
  private final RefactorStatus status;

  /**
   * @param names maps what operators call images
   */
  public RefactorRoutes(
      NameMapper names, Upstreams upstreams, RefactorJobs jobs, RefactorStatus status) {
    this.names = names;
    this.upstreams = upstreams;
    this.jobs = jobs;
    this.status = status;
  }

  /** The routes. */
  public List<Route> routes() {
    return List.of(
        Route.get("/admin/v1/refactor", request -> show()),
        Route.post("/admin/v1/refactor", this::refactor));
  }

  /** All in numbers, and the latest of each. */
  private Response show() throws Exception {
    ObjectNode node = JsonViews.object();
    ArrayNode recipes = node.putArray("recipes");
    status.recipes().forEach(recipes::add);
    ArrayNode tasks = node.putArray("tasks");
    status.tasks().stream().limit(MOST).forEach(task -> tasks.add(RefactorViews.task(task)));
    List<DerivedImage> images = status.images();
    count(node, images);
    ArrayNode list = node.putArray("images");
    images.stream()
        .sorted(Comparator.comparing(DerivedImage::at).reversed())
        .limit(MOST)
        .forEach(image -> list.add(RefactorViews.image(image)));
    List<TagAnswer> answers = status.answers();
    node.put("answeredRefactored", answers.stream().filter(RefactorRoutes::isMade).count())
        .put("answeredOriginal", answers.stream().filter(answer -> !isMade(answer)).count());
    ArrayNode tags = node.putArray("answers");
    answers.stream()
        .sorted(Comparator.comparing(TagAnswer::since).reversed())
        .limit(MOST)
        .forEach(answer -> tags.add(RefactorViews.answer(answer)));
    return Answers.json(node);
  }

  private static boolean isMade(TagAnswer answer) {
    return !answer.given().equals(answer.source());
  }

  private static void count(ObjectNode node, List<DerivedImage> images) {
    int made = 0;
    Map<String, Long> layers = new HashMap<>();
    for (DerivedImage image : images) {
      if (image.result() instanceof Made result) {
        made++;
        result.parts().stream()
            .filter(part -> part.kind() == Kind.LAYER)
            .forEach(part -> layers.put(part.digest().toString(), part.size()));
      }
    }
    node.put("refactored", made)
        .put("refused", images.size() - made)
        .put("layers", layers.size())
        .put("layerBytes", layers.values().stream().mapToLong(Long::longValue).sum());
  }

  private Response refactor(AdminRequest request) throws Exception {
    ObjectNode body = request.json();
    if (!body.path("image").isString()) {
      throw new ProblemException(
          HttpResponseStatus.BAD_REQUEST, "image: missing (expected: the name of an image)");
    }
    ImageReference image = ImageReference.parse(body.path("image").asString(), names);
    if (flag(body, "dryRun")) {
      return JobRoutes.accepted(jobs.estimate(image));
    }
    if (upstreams.of(image.repository()).config().refactor().of(image.repository().name())
        == RefactorMode.OFF) {
      throw new ProblemException(
          HttpResponseStatus.CONFLICT,
          image.repository()
              + ": refactor is off (expected: available or serve, in the configuration of its"
              + " upstream)");
    }
    return JobRoutes.accepted(jobs.start(image, flag(body, "adopt")));
  }

  private static boolean flag(ObjectNode body, String name) {
    JsonNode field = body.path(name);
    if (!field.isMissingNode() && !field.isBoolean()) {
      throw new ProblemException(
          HttpResponseStatus.BAD_REQUEST, name + ": " + field + " (expected: true or false)");
    }
    return field.asBoolean(false);
  }
}

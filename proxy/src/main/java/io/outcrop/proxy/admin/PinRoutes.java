package io.outcrop.proxy.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.outcrop.proxy.http.Response;
import io.outcrop.proxy.images.PinService;
import io.outcrop.proxy.images.PinStatus;
import io.outcrop.proxy.images.PrefetchJobs;
import io.outcrop.proxy.names.ImageReference;
import io.outcrop.proxy.names.NameMapper;
import io.outcrop.proxy.names.UnknownNamespaceException;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Images that are to be here: for good, or now. Thread-safe. */
public final class PinRoutes {

  private final NameMapper names;
  private final PinService pins;
  private final PrefetchJobs prefetches;

  /**
   * @param names maps what operators call images
   */
  public PinRoutes(NameMapper names, PinService pins, PrefetchJobs prefetches) {
    this.names = names;
    this.pins = pins;
    this.prefetches = prefetches;
  }

  /** The routes. */
  public List<Route> routes() {
    return List.of(
        Route.get("/admin/v1/pins", request -> list()),
        Route.get("/admin/v1/pins/{image...}", this::find),
        Route.put("/admin/v1/pins/{image...}", this::pin),
        Route.delete("/admin/v1/pins/{image...}", this::unpin),
        Route.post("/admin/v1/prefetches", this::prefetch));
  }

  private Response list() {
    ObjectNode node = JsonViews.object();
    ArrayNode list = node.putArray("pins");
    pins.all().forEach(pin -> list.add(JsonViews.pin(pin)));
    return Answers.json(node);
  }

  private Response find(AdminRequest request) throws UnknownNamespaceException {
    ImageReference image = ImageReference.parse(request.variable("image"), names);
    return Answers.json(JsonViews.pin(pins.find(image).orElseThrow(() -> notPinned(image))));
  }

  private Response pin(AdminRequest request) throws Exception {
    ImageReference image = ImageReference.parse(request.variable("image"), names);
    PinStatus status = pins.pin(image, PlatformsField.read(request.json()));
    boolean complete = status.state() == PinStatus.State.COMPLETE;
    Response response =
        Answers.json(
            complete ? HttpResponseStatus.OK : HttpResponseStatus.ACCEPTED, JsonViews.pin(status));
    return status.job().map(job -> JobRoutes.withLocation(response, job)).orElse(response);
  }

  private Response unpin(AdminRequest request) throws Exception {
    ImageReference image = ImageReference.parse(request.variable("image"), names);
    if (!pins.unpin(image)) {
      throw notPinned(image);
    }
    return Answers.none();
  }

  private Response prefetch(AdminRequest request) throws Exception {
    ObjectNode body = request.json();
    if (!body.path("image").isString()) {
      throw new ProblemException(
          HttpResponseStatus.BAD_REQUEST, "image: missing (expected: the name of an image)");
    }
    ImageReference image = ImageReference.parse(body.path("image").asString(), names);
    return JobRoutes.accepted(prefetches.start(image, PlatformsField.read(body)));
  }

  private static ProblemException notPinned(ImageReference image) {
    return new ProblemException(HttpResponseStatus.NOT_FOUND, image + ": is not pinned");
  }
}

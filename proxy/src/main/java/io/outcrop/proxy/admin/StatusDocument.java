package io.outcrop.proxy.admin;

import io.outcrop.proxy.fill.Fill;
import io.outcrop.proxy.fill.Fills;
import io.outcrop.proxy.resolve.Upstreams;
import io.outcrop.proxy.upstream.Upstream;
import io.outcrop.proxy.upstream.UpstreamStatus;
import io.outcrop.proxy.upstream.UpstreamStatus.EndpointStatus;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.StoreStatistics;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** How an edge is at this moment, as JSON. Thread-safe. */
public final class StatusDocument {

  private static final JsonMapper JSON = JsonMapper.shared();

  private final String edge;
  private final String version;
  private final ContentStore store;
  private final Fills fills;
  private final Upstreams upstreams;

  /** Tells of these parts. */
  public StatusDocument(
      String edge, String version, ContentStore store, Fills fills, Upstreams upstreams) {
    this.edge = edge;
    this.version = version;
    this.store = store;
    this.fills = fills;
    this.upstreams = upstreams;
  }

  /** The routes. */
  public List<Route> routes() {
    return List.of(Route.get("/admin/v1/status", request -> Answers.json(render())));
  }

  private ObjectNode render() {
    ObjectNode root = JSON.createObjectNode();
    root.put("edge", edge).put("version", version);
    StoreStatistics statistics = store.statistics();
    root.putObject("storage")
        .put("capacityBytes", statistics.capacity())
        .put("effectiveCapacityBytes", statistics.effectiveCapacity())
        .put("bookedBytes", statistics.bookedBytes())
        .put("content", statistics.residentCount())
        .put("evictions", statistics.evictions())
        .put("evictedBytes", statistics.evictedBytes())
        .put("damaged", statistics.damaged());
    ArrayNode running = root.putArray("fills");
    for (Fill fill : fills.running()) {
      running
          .addObject()
          .put("digest", fill.digest().toString())
          .put("repository", fill.repository().toString())
          .put("bytes", fill.available());
    }
    ArrayNode list = root.putArray("upstreams");
    upstreams.all().stream()
        .map(Upstream::status)
        .sorted(Comparator.comparing(UpstreamStatus::namespace))
        .forEach(status -> upstream(list.addObject(), status));
    return root;
  }

  private static void upstream(ObjectNode node, UpstreamStatus status) {
    node.put("namespace", status.namespace().host()).put("healthy", status.healthy());
    ArrayNode endpoints = node.putArray("endpoints");
    status.endpoints().forEach(endpoint -> endpoint(endpoints.addObject(), endpoint));
  }

  private static void endpoint(ObjectNode node, EndpointStatus endpoint) {
    node.put("address", endpoint.address().toString())
        .put("healthy", endpoint.healthy())
        .put("latencyMillis", endpoint.latency().toMillis());
    endpoint.lastError().ifPresent(error -> node.put("lastError", error));
    endpoint.lastErrorAt().ifPresent(at -> node.put("lastErrorAt", at.toString()));
    endpoint.rateLimit().limit().ifPresent(limit -> node.put("rateLimit", limit));
    endpoint.rateLimit().remaining().ifPresent(left -> node.put("rateLimitRemaining", left));
    endpoint.rateLimit().retryAfter().ifPresent(until -> node.put("retryAfter", until.toString()));
  }
}

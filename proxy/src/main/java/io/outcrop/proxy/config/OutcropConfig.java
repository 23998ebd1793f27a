package io.outcrop.proxy.config;

import io.outcrop.oci.Namespace;
import java.util.List;

/**
 * The whole configuration of one edge.
 *
 * @param edge who this edge is
 * @param registry the listener that container runtimes talk to
 * @param admin the listener that operators and monitoring talk to
 * @param storage where content is kept, and how much of it
 * @param defaultNamespace the upstream meant when a request names none
 * @param upstreams every registry that may be fetched from; the world is closed to all others
 * @param refactor how images are refactored, where upstreams want it
 * @param log what is logged, and how
 */
public record OutcropConfig(
    EdgeConfig edge,
    RegistryConfig registry,
    AdminConfig admin,
    StorageConfig storage,
    Namespace defaultNamespace,
    List<UpstreamConfig> upstreams,
    RefactorConfig refactor,
    LogConfig log) {

  /** Copies what is mutable. */
  public OutcropConfig {
    upstreams = List.copyOf(upstreams);
  }
}

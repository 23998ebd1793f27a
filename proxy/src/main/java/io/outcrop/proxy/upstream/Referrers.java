package io.outcrop.proxy.upstream;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * What refers to a manifest.
 *
 * @param descriptors as the upstream wrote them, nothing dropped
 * @param anonymous whether they were listed without any credential
 */
public record Referrers(List<ObjectNode> descriptors, boolean anonymous) {

  /** Copies the list. */
  public Referrers {
    descriptors = List.copyOf(descriptors);
  }
}

package io.outcrop.bench.cache.policy;

import io.outcrop.bench.cache.workload.Catalogue;
import io.outcrop.oci.Digest;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.cache.GhostListener;
import io.outcrop.storage.cache.LeastRecentlyUsed;
import io.outcrop.storage.cache.StackArc;
import io.outcrop.storage.cache.StackArcOptions;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Outcrop's own policy, by the class that the server runs. As in the server, small content has a
 * fiftieth of the capacity for itself and leaves in the order of use.
 */
final class StackArcCache implements SimulatedCache {

  private static final int SMALL_DIVISOR = 50;

  private final Catalogue catalogue;
  private final StackArc policy;
  private final PolicyCache small;
  private final PolicyCache large;
  private final boolean twoPools;

  /**
   * @param twoPools whether small content has a pool of its own
   */
  StackArcCache(
      Catalogue catalogue, long capacity, Site site, StackArcOptions options, boolean twoPools) {
    this.catalogue = catalogue;
    this.twoPools = twoPools;
    long forSmall = twoPools ? capacity / SMALL_DIVISOR : 0;
    policy = new StackArc(capacity - forSmall, site, site, GhostListener.NONE, options);
    small = new PolicyCache(catalogue, new LeastRecentlyUsed(), forSmall);
    large = new PolicyCache(catalogue, policy, capacity - forSmall);
  }

  private PolicyCache pool(int content) {
    return twoPools && catalogue.bytes(content) <= ContentStore.SMALL_BYTES ? small : large;
  }

  @Override
  public boolean request(int content, int client, boolean reachable) {
    return pool(content).request(content, client, reachable);
  }

  @Override
  public boolean holds(int content) {
    return pool(content).holds(content);
  }

  @Override
  public void imageRequested(int image, int client) {
    Digest manifest = catalogue.manifest(image);
    List<Digest> layers =
        IntStream.range(0, catalogue.layers(image))
            .map(position -> catalogue.layer(image, position))
            .filter(content -> pool(content) == large)
            .mapToObj(catalogue::digest)
            .toList();
    policy.image(manifest, layers);
    policy.imageUsed(manifest, client);
  }

  @Override
  public void uplink(boolean there) {
    policy.offline(!there);
  }

  @Override
  public long bytes() {
    return small.bytes() + large.bytes();
  }

  @Override
  public long evictions() {
    return small.evictions() + large.evictions();
  }
}

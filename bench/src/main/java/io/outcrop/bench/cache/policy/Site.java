package io.outcrop.bench.cache.policy;

import io.outcrop.bench.cache.workload.Catalogue;
import io.outcrop.bench.cache.workload.RecencyList;
import io.outcrop.oci.Digest;
import io.outcrop.storage.cache.RefetchCost;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;

/**
 * Where an edge stands: the time, the uplink, and a neighbour that may join. The neighbour serves
 * the same demand as this edge and keeps what was asked for last.
 */
public final class Site implements InstantSource, RefetchCost {

  private static final double UPSTREAM_LATENCY_SECONDS = 0.2;
  private static final double UPSTREAM_BYTES_PER_SECOND = 12.5e6;
  private static final double PEER_LATENCY_SECONDS = 0.002;
  private static final double PEER_BYTES_PER_SECOND = 50e6;
  // Policies may take a time of 0 for none.
  private static final long BEGIN_MILLIS = 1_500_000_000_000L;

  private final Catalogue catalogue;
  private final Set<Digest> heldByPeer = new HashSet<>();
  private final RecencyList peer;
  private boolean peerJoined;
  private long millis = BEGIN_MILLIS;

  /** A site whose neighbour has room for so many bytes. */
  public Site(Catalogue catalogue, long peerCapacity) {
    this.catalogue = catalogue;
    peer =
        new RecencyList(
            catalogue::bytes,
            peerCapacity,
            content -> heldByPeer.remove(catalogue.digest(content)));
  }

  /** The time it takes to fetch so many bytes from upstream, in seconds. */
  public static double upstreamSeconds(long bytes) {
    return UPSTREAM_LATENCY_SECONDS + bytes / UPSTREAM_BYTES_PER_SECOND;
  }

  /** Sets the time, in milliseconds since the begin of the workload. */
  public void at(long workloadMillis) {
    millis = BEGIN_MILLIS + workloadMillis;
  }

  /** The neighbour joins, with what it has. */
  public void peerJoins() {
    peerJoined = true;
  }

  /** The neighbour's clients ask for a content. */
  public void peerRequested(int content) {
    if (peer.use(content)) {
      heldByPeer.add(catalogue.digest(content));
    }
  }

  /** Whether content can be had from the neighbour. */
  public boolean peerHolds(Digest content) {
    return peerJoined && heldByPeer.contains(content);
  }

  @Override
  public double seconds(Digest content, long bytes) {
    return peerHolds(content)
        ? PEER_LATENCY_SECONDS + bytes / PEER_BYTES_PER_SECOND
        : upstreamSeconds(bytes);
  }

  @Override
  public double usualSeconds(Digest content, long bytes) {
    return upstreamSeconds(bytes);
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis);
  }

  @Override
  public long millis() {
    return millis;
  }
}

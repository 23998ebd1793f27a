package io.outcrop.bench.cache;

import io.outcrop.bench.cache.policy.Contestant;
import io.outcrop.bench.cache.policy.SimulatedCache;
import io.outcrop.bench.cache.policy.Site;
import io.outcrop.bench.cache.workload.Catalogue;
import io.outcrop.bench.cache.workload.RequestKind;
import io.outcrop.bench.cache.workload.Workload;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs one cache against one workload, from empty. */
final class Simulation {

  // A neighbour with the same room and the same demand would hold what an LRU here holds.
  private static final int NEIGHBOUR_FACTOR = 2;

  private final Workload workload;
  private final Catalogue catalogue;
  private final Site site;
  private final SimulatedCache cache;
  private final boolean hasPeer;
  private final Counts.Tally total = new Counts.Tally();
  private final Counts.Tally watched = new Counts.Tally();
  private final Map<Integer, Pull> latestPulls = new HashMap<>();
  // The tallies that count just now.
  private List<Counts.Tally> tallies = List.of(total);
  private boolean online = true;

  /** What a client is pulling; it is counted where it began. */
  private static final class Pull {
    private final List<Counts.Tally> tallies;
    private boolean lacks;

    Pull(List<Counts.Tally> tallies) {
      this.tallies = tallies;
    }
  }

  private Simulation(Workload workload, Contestant contestant, long capacity) {
    this.workload = workload;
    catalogue = workload.catalogue();
    site = new Site(catalogue, NEIGHBOUR_FACTOR * capacity);
    cache = contestant.factory().open(workload, capacity, site);
    hasPeer = workload.count(RequestKind.PEER_JOINED) > 0;
  }

  /**
   * Runs it.
   *
   * @param capacity of the cache, in bytes
   */
  static Outcome run(Workload workload, Contestant contestant, long capacity) {
    return new Simulation(workload, contestant, capacity).run();
  }

  private Outcome run() {
    long start = System.nanoTime();
    for (int i = 0; i < workload.length(); i++) {
      step(i);
    }
    double nanos = System.nanoTime() - start;
    int requests = workload.count(RequestKind.BLOB) + workload.count(RequestKind.RANGE);
    return new Outcome(
        total.counts(), watched.counts(), cache.evictions(), nanos / Math.max(1, requests));
  }

  private void step(int position) {
    site.at(workload.millis(position));
    int subject = workload.subject(position);
    int client = workload.client(position);
    switch (workload.kind(position)) {
      case PING, MANIFEST -> {}
      case PULL -> pull(subject, client);
      case BLOB -> blob(subject, client);
      case RANGE -> cache.request(subject, client, online);
      case UPLINK_LOST -> online = false;
      case UPLINK_BACK -> online = true;
      case PEER_JOINED -> site.peerJoins();
      case WATCH_BEGAN -> tallies = List.of(total, watched);
      case WATCH_ENDED -> tallies = List.of(total);
    }
  }

  private void pull(int image, int client) {
    if (client != Workload.SCANNER) {
      boolean whole = holdsWhole(image);
      tallies.forEach(tally -> tally.pull(whole));
      latestPulls.put(client, new Pull(tallies));
    }
  }

  private boolean holdsWhole(int image) {
    for (int layer = 0; layer < catalogue.layers(image); layer++) {
      if (!cache.holds(catalogue.layer(image, layer))) {
        return false;
      }
    }
    return true;
  }

  private void blob(int content, int client) {
    boolean atPeer = hasPeer && site.peerHolds(catalogue.digest(content));
    boolean hit = cache.request(content, client, online || atPeer);
    if (client == Workload.SCANNER) {
      return;
    }
    long size = catalogue.bytes(content);
    double upstreamSeconds = Site.upstreamSeconds(size);
    if (hit) {
      tallies.forEach(tally -> tally.hit(size, upstreamSeconds));
    } else {
      double spent = site.seconds(catalogue.digest(content), size);
      long fetched = online && !atPeer ? size : 0;
      tallies.forEach(tally -> tally.miss(size, upstreamSeconds, spent, fetched));
      pullLacks(client);
    }
    if (hasPeer) {
      site.peerRequested(content);
    }
  }

  private void pullLacks(int client) {
    Pull pull = latestPulls.get(client);
    if (pull != null && !pull.lacks) {
      pull.lacks = true;
      pull.tallies.forEach(Counts.Tally::pullLacks);
    }
  }
}

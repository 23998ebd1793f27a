package io.outcrop.bench.cache;

import io.outcrop.bench.cache.policy.Contestant;
import io.outcrop.bench.cache.policy.SimulatedCache;
import io.outcrop.bench.cache.policy.Site;
import io.outcrop.bench.cache.workload.Catalogue;
import io.outcrop.bench.cache.workload.RequestKind;
import io.outcrop.bench.cache.workload.Workload;
import java.util.HashMap;
import java.util.Map;

/** Runs one cache against one workload, from empty. */
final class Simulation {

  private final Workload workload;
  private final Catalogue catalogue;
  private final Site site;
  private final SimulatedCache cache;
  private final boolean hasPeer;
  private final Pulls pulls = new Pulls();
  private boolean online = true;
  private long requests;
  private long hits;
  private long bytes;
  private long hitBytes;
  private double seconds;
  private double secondsSpent;
  private long upstreamBytes;
  private long offlineRequests;
  private long offlineHits;

  private Simulation(Workload workload, Contestant contestant, long capacity) {
    this.workload = workload;
    catalogue = workload.catalogue();
    site = new Site(catalogue, capacity);
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
    return new Outcome(
        requests,
        hits,
        bytes,
        hitBytes,
        seconds,
        secondsSpent,
        upstreamBytes,
        pulls.begun,
        pulls.wholeImages,
        pulls.begun - pulls.lacking,
        new Outcome.Offline(
            offlineRequests,
            offlineHits,
            pulls.begunOffline,
            pulls.begunOffline - pulls.lackingOffline),
        cache.evictions(),
        nanos / Math.max(1, requests));
  }

  private void step(int position) {
    site.at(workload.millis(position));
    int subject = workload.subject(position);
    int client = workload.client(position);
    switch (workload.kind(position)) {
      case PING -> {}
      case MANIFEST -> cache.imageRequested(subject, client);
      case PULL -> {
        if (client != Workload.SCANNER) {
          pulls.begin(subject, client);
        }
        cache.imageRequested(subject, client);
      }
      case BLOB -> blob(subject, client);
      case UPLINK_LOST -> uplink(false);
      case UPLINK_BACK -> uplink(true);
      case PEER_JOINED -> site.peerJoins();
    }
  }

  private void uplink(boolean there) {
    online = there;
    cache.uplink(there);
  }

  private void blob(int content, int client) {
    boolean atPeer = hasPeer && site.peerHolds(catalogue.digest(content));
    boolean hit = cache.request(content, client, online || atPeer);
    if (client == Workload.SCANNER) {
      return;
    }
    long size = catalogue.bytes(content);
    requests++;
    bytes += size;
    seconds += Site.upstreamSeconds(size);
    if (!online) {
      offlineRequests++;
    }
    if (hit) {
      hits++;
      hitBytes += size;
      if (!online) {
        offlineHits++;
      }
    } else {
      secondsSpent += site.seconds(catalogue.digest(content), size);
      if (online && !atPeer) {
        upstreamBytes += size;
      }
      pulls.lacked(client);
    }
    if (hasPeer) {
      site.peerRequested(content);
    }
  }

  /** The pulls under way: a client has one at a time. */
  private final class Pulls {
    private final Map<Integer, Pull> latest = new HashMap<>();
    private long begun;
    private long wholeImages;
    private long lacking;
    private long begunOffline;
    private long lackingOffline;

    private static final class Pull {
      private final boolean offline;
      private boolean lacks;

      Pull(boolean offline) {
        this.offline = offline;
      }
    }

    void begin(int image, int client) {
      begun++;
      if (holdsWhole(image)) {
        wholeImages++;
      }
      if (!online) {
        begunOffline++;
      }
      latest.put(client, new Pull(!online));
    }

    private boolean holdsWhole(int image) {
      for (int layer = 0; layer < catalogue.layers(image); layer++) {
        if (!cache.holds(catalogue.layer(image, layer))) {
          return false;
        }
      }
      return true;
    }

    void lacked(int client) {
      Pull pull = latest.get(client);
      if (pull != null && !pull.lacks) {
        pull.lacks = true;
        lacking++;
        if (pull.offline) {
          lackingOffline++;
        }
      }
    }
  }
}

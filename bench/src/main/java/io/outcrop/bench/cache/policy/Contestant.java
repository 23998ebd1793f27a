package io.outcrop.bench.cache.policy;

import io.outcrop.bench.cache.workload.Workload;
import io.outcrop.storage.cache.GhostListener;
import io.outcrop.storage.cache.LeastRecentlyUsed;
import io.outcrop.storage.cache.ReplacementPolicy;
import io.outcrop.storage.cache.StackArc;
import io.outcrop.storage.cache.StackArcOptions;
import java.util.List;
import java.util.function.LongFunction;

/**
 * A cache that can be run against a workload.
 *
 * @param name what it is called in results
 * @param factory makes an empty one
 */
public record Contestant(String name, Factory factory) {

  /** Makes caches. */
  @FunctionalInterface
  public interface Factory {
    /** An empty cache for a workload, at a site, that never holds more than a capacity. */
    SimulatedCache open(Workload workload, long capacity, Site site);
  }

  /** Outcrop's policy as it is shipped. */
  private static final Contestant STACK_ARC = stackArc("Stack-ARC", StackArcOptions.defaults());

  /**
   * Outcrop's policy with other options.
   *
   * @param variation names of options and their values, with commas between them
   * @throws IllegalArgumentException if there is no such option, or the value is not of its type
   */
  public static Contestant varied(String name, String variation) {
    return stackArc(name, Variation.parse(variation).applyTo(StackArcOptions.defaults()));
  }

  /** Outcrop's policy without each of its features in turn. */
  public static List<Contestant> ablations() {
    return List.of(
        new Contestant(
            "– greedy-dual victims",
            (workload, capacity, _) ->
                new PooledCache(workload.catalogue(), capacity, ByteArc::new)),
        varied("– adaptation of probation", "probation.adaptive=false"),
        varied("– frequency beyond one", "worth.frequencyLimit=1"),
        varied("– frequency of ghosts", "worth.ghostFrequency=false"),
        varied("– admission of huge content", "requests.hugeShare=1"),
        varied("– correlated requests", "requests.correlation=PT0S"),
        varied("– cost of peers", "worth.costRatioLimit=1"),
        varied("– floor of probation", "probation.floor=0"),
        varied("– ceiling of probation", "probation.ceiling=1"));
  }

  private static Contestant stackArc(String name, StackArcOptions options) {
    return new Contestant(
        name,
        (workload, capacity, site) ->
            new PooledCache(
                workload.catalogue(),
                capacity,
                forLarge -> new StackArc(forLarge, site, site, GhostListener.NONE, options)));
  }

  /** All that Outcrop's policy is compared with, and itself. */
  public static List<Contestant> all() {
    return List.of(
        policy("LRU", _ -> new LeastRecentlyUsed()),
        policy("LFU-DA", _ -> new GreedyDual(_ -> 1, false, 0)),
        policy("LRU-2", LeastRecentlyUsedTwice::new),
        policy("2Q", TwoQueue::new),
        policy("byte-ARC", ByteArc::new),
        policy("S3-FIFO", S3Fifo::new),
        policy("SIEVE", _ -> new Sieve()),
        new Contestant(
            "W-TinyLFU (Caffeine)",
            (workload, capacity, _) -> new CaffeineCache(workload.catalogue(), capacity)),
        policy("GDSF", _ -> new GreedyDual(bytes -> 1.0 / bytes, true, 0)),
        policy("GDSF, cost", _ -> new GreedyDual(Contestant::secondsPerByte, true, 0)),
        policy(
            "GDSF, cost, ghosts",
            capacity -> new GreedyDual(Contestant::secondsPerByte, true, capacity)),
        new Contestant(
            "Stack-ARC, one pool",
            (workload, capacity, site) ->
                new PolicyCache(
                    workload.catalogue(),
                    new StackArc(capacity, site, site, GhostListener.NONE),
                    capacity)),
        STACK_ARC,
        new Contestant(
            "Belady-size (offline)",
            (workload, capacity, _) ->
                new BeladySizeCache(workload.blobRequests(), workload.catalogue(), capacity)));
  }

  private static double secondsPerByte(long bytes) {
    return Site.upstreamSeconds(bytes) / bytes;
  }

  private static Contestant policy(String name, LongFunction<ReplacementPolicy> policy) {
    return new Contestant(
        name,
        (workload, capacity, _) ->
            new PolicyCache(workload.catalogue(), policy.apply(capacity), capacity));
  }
}

package io.outcrop.bench.cache.policy;

/** A cache of one edge: what it holds, and what it makes of requests. For one thread. */
public interface SimulatedCache {

  /**
   * A client asks for a content. If it is absent and can be had, it is fetched, and kept if the
   * policy wants to.
   *
   * @param reachable whether absent content can be fetched
   * @return whether it was here
   */
  boolean request(int content, int client, boolean reachable);

  /** Whether a content is here; not a use of it. */
  boolean holds(int content);

  /** The bytes held. */
  long bytes();

  /** How many contents were evicted. */
  long evictions();
}

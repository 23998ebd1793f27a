package io.outcrop.bench.cache.policy;

import io.outcrop.bench.cache.workload.Catalogue;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * PFOO-L (Berger, Beckmann and Harchol-Balter, SIGMETRICS'18): more than any policy can reach, with
 * or without knowledge of the future. Between two requests for the same content, a cache that is to
 * answer the second must give its bytes for that time. The bound asks only that all this, summed
 * over the whole sequence, be no more than capacity × time, and takes the cheapest first.
 */
public final class PackingBound {

  private final int[] requests;
  private final Catalogue catalogue;
  private final int[] next;

  /** For a sequence of requested contents. */
  public PackingBound(int[] requests, Catalogue catalogue) {
    this.requests = requests.clone();
    this.catalogue = catalogue;
    next = NextUse.of(requests, catalogue.contents());
  }

  /** At most so many of all requests can be answered from the cache. */
  public double objectHitRatio(long capacity) {
    return bound(capacity, _ -> 1);
  }

  /** At most so many of all bytes can be answered from the cache. */
  public double byteHitRatio(long capacity) {
    return bound(capacity, catalogue::bytes);
  }

  /** At most so much of the time of fetching all from upstream can be saved. */
  public double timeSavedRatio(long capacity) {
    return bound(capacity, content -> Site.upstreamSeconds(catalogue.bytes(content)));
  }

  private double bound(long capacity, IntToDoubleFunction worth) {
    double total = Arrays.stream(requests).mapToDouble(worth).sum();
    double[] price = new double[requests.length];
    for (int i = 0; i < requests.length; i++) {
      price[i] = bytesTimesTime(i) / worth.applyAsDouble(requests[i]);
    }
    int[] cheapestFirst =
        IntStream.range(0, requests.length)
            .filter(i -> next[i] != NextUse.NEVER && catalogue.bytes(requests[i]) <= capacity)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> price[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double room = (double) capacity * requests.length;
    double gained = 0;
    for (int i : cheapestFirst) {
      double needed = bytesTimesTime(i);
      double part = Math.min(1, room / needed);
      gained += part * worth.applyAsDouble(requests[i]);
      room -= part * needed;
      if (part < 1) {
        break;
      }
    }
    return gained / total;
  }

  private double bytesTimesTime(int request) {
    return (double) catalogue.bytes(requests[request]) * (next[request] - request);
  }
}

package io.outcrop.bench.cache.workload;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** The figures by which a generated workload is compared with a recorded one. */
public final class WorkloadStatistics {

  private static final int DECILES = 10;

  private final Workload workload;
  private final int[] blobs;
  private final int[] repositories;

  private WorkloadStatistics(Workload workload) {
    this.workload = workload;
    blobs = workload.blobRequests();
    repositories = new int[blobs.length];
    int count = 0;
    for (int i = 0; i < workload.length(); i++) {
      if (workload.kind(i) == RequestKind.BLOB && workload.client(i) != Workload.SCANNER) {
        repositories[count++] = workload.repository(i);
      }
    }
  }

  /** The figures of a workload. */
  public static WorkloadStatistics of(Workload workload) {
    return new WorkloadStatistics(workload);
  }

  /** How often each of several things was asked for, most often first. */
  public record Popularity(int[] counts, long total) {

    static Popularity of(int[] requests) {
      int[] counts = new int[Arrays.stream(requests).max().orElse(-1) + 1];
      for (int request : requests) {
        counts[request]++;
      }
      int[] descending =
          Arrays.stream(counts).filter(c -> c > 0).map(c -> -c).sorted().map(c -> -c).toArray();
      return new Popularity(descending, requests.length);
    }

    /** How many different things. */
    public int things() {
      return counts.length;
    }

    /** The share of things that were asked for just once. */
    public double oneHitShare() {
      return Arrays.stream(counts).filter(c -> c == 1).count() / (double) counts.length;
    }

    /** The share of requests that went to the most popular part of the things. */
    public double shareOfTop(double part) {
      return Arrays.stream(counts, 0, (int) (counts.length * part)).asLongStream().sum()
          / (double) total;
    }

    /** The exponent of Zipf's law, by least squares over the most popular tenth. */
    public double exponentByLeastSquares() {
      int ranks = Math.max(2, counts.length / 10);
      double meanX = 0;
      double meanY = 0;
      for (int i = 0; i < ranks; i++) {
        meanX += Math.log(i + 1) / ranks;
        meanY += Math.log(counts[i]) / ranks;
      }
      double products = 0;
      double squares = 0;
      for (int i = 0; i < ranks; i++) {
        double x = Math.log(i + 1) - meanX;
        products += x * (Math.log(counts[i]) - meanY);
        squares += x * x;
      }
      return -products / squares;
    }

    /** The exponent of Zipf's law that makes the counts most likely; by bisection. */
    public double exponentByMaximumLikelihood() {
      double observed = 0;
      for (int i = 0; i < counts.length; i++) {
        observed += counts[i] * Math.log(i + 1) / total;
      }
      double low = 0;
      double high = 4;
      for (int step = 0; step < 40; step++) {
        double middle = (low + high) / 2;
        double weights = 0;
        double logarithms = 0;
        for (int i = 0; i < counts.length; i++) {
          double weight = Math.pow(i + 1, -middle);
          weights += weight;
          logarithms += weight * Math.log(i + 1);
        }
        if (logarithms / weights > observed) {
          low = middle;
        } else {
          high = middle;
        }
      }
      return low;
    }
  }

  /** Of contents, by blob request. */
  public Popularity blobPopularity() {
    return Popularity.of(blobs);
  }

  /** Of images, by manifest request. */
  public Popularity manifestPopularity() {
    return Popularity.of(manifests(false));
  }

  /** Of repositories, by manifest request. */
  public Popularity repositoryPopularity() {
    return Popularity.of(manifests(true));
  }

  private int[] manifests(boolean repository) {
    int[] found = new int[workload.length()];
    int count = 0;
    for (int i = 0; i < workload.length(); i++) {
      if (isManifest(workload.kind(i)) && workload.client(i) != Workload.SCANNER) {
        found[count++] = repository ? workload.repository(i) : workload.subject(i);
      }
    }
    return Arrays.copyOf(found, count);
  }

  private static boolean isManifest(RequestKind kind) {
    return kind == RequestKind.MANIFEST || kind == RequestKind.PULL;
  }

  /** The share of a kind among all GETs; manifests of both kinds count as one. */
  public double share(RequestKind kind) {
    int requests = 0;
    int found = 0;
    for (int i = 0; i < workload.length(); i++) {
      RequestKind other = workload.kind(i);
      if (other.isRequest()) {
        requests++;
        if (other == kind || (isManifest(kind) && isManifest(other))) {
          found++;
        }
      }
    }
    return found / (double) requests;
  }

  /** How many different clients asked. */
  public int clients() {
    BitSet seen = new BitSet();
    for (int i = 0; i < workload.length(); i++) {
      if (workload.kind(i).isRequest() && workload.client(i) > 0) {
        seen.set(workload.client(i));
      }
    }
    return seen.cardinality();
  }

  /**
   * By tenths of the blob requests: how many of a hundred were for content that nobody had asked
   * for before, and how many for content that was first asked for in the same tenth.
   */
  public record Novelty(double[] firstEver, double[] firstInTenth) {}

  /** What is new in each tenth of the blob requests. */
  public Novelty novelty() {
    int[] born = new int[workload.catalogue().contents()];
    Arrays.fill(born, -1);
    double[] firstEver = new double[DECILES];
    double[] firstInTenth = new double[DECILES];
    int[] requests = new int[DECILES];
    for (int i = 0; i < blobs.length; i++) {
      int tenth = (int) ((long) i * DECILES / blobs.length);
      requests[tenth]++;
      if (born[blobs[i]] < 0) {
        born[blobs[i]] = tenth;
        firstEver[tenth]++;
      }
      if (born[blobs[i]] == tenth) {
        firstInTenth[tenth]++;
      }
    }
    for (int tenth = 0; tenth < DECILES; tenth++) {
      firstEver[tenth] /= requests[tenth];
      firstInTenth[tenth] /= requests[tenth];
    }
    return new Novelty(firstEver, firstInTenth);
  }

  /**
   * For each blob request but the first for a content, how many different contents were asked for
   * since the last request for the same; ascending.
   */
  public int[] stackDistances() {
    // A Fenwick tree with a one at the latest request for each content so far.
    int[] tree = new int[blobs.length + 1];
    int[] latest = new int[workload.catalogue().contents()];
    Arrays.fill(latest, -1);
    int[] distances = new int[blobs.length];
    int found = 0;
    for (int i = 0; i < blobs.length; i++) {
      int before = latest[blobs[i]];
      if (before >= 0) {
        distances[found++] = sum(tree, i) - sum(tree, before + 1);
        add(tree, before, -1);
      }
      latest[blobs[i]] = i;
      add(tree, i, 1);
    }
    int[] sorted = Arrays.copyOf(distances, found);
    Arrays.sort(sorted);
    return sorted;
  }

  private static void add(int[] tree, int position, int change) {
    for (int i = position + 1; i < tree.length; i += i & -i) {
      tree[i] += change;
    }
  }

  /** Of the positions before the given one. */
  private static int sum(int[] tree, int positions) {
    int sum = 0;
    for (int i = positions; i > 0; i -= i & -i) {
      sum += tree[i];
    }
    return sum;
  }

  /** The object hit ratio of a cache that never forgets. */
  public double ceiling() {
    return stackDistances().length / (double) blobs.length;
  }

  /**
   * How contents are spread over repositories.
   *
   * @param shared how many contents were asked for through more than one repository
   * @param most through how many the most spread one was
   * @param distinct how many different contents were asked for through each repository; ascending
   * @param unpulledShare the share of manifest requests in repositories with no blob request
   */
  public record Structure(int shared, int most, int[] distinct, double unpulledShare) {}

  /** How contents are spread over repositories. */
  public Structure structure() {
    Map<Long, Boolean> pairs = new HashMap<>();
    Map<Integer, Integer> byRepository = new HashMap<>();
    int[] byContent = new int[workload.catalogue().contents()];
    for (int i = 0; i < blobs.length; i++) {
      long pair = ((long) repositories[i] << 32) | blobs[i];
      if (pairs.put(pair, true) == null) {
        byRepository.merge(repositories[i], 1, Integer::sum);
        byContent[blobs[i]]++;
      }
    }
    int[] asked = manifests(true);
    long unpulled = Arrays.stream(asked).filter(r -> !byRepository.containsKey(r)).count();
    return new Structure(
        (int) Arrays.stream(byContent).filter(count -> count > 1).count(),
        Arrays.stream(byContent).max().orElse(0),
        byRepository.values().stream().mapToInt(Integer::intValue).sorted().toArray(),
        unpulled / (double) asked.length);
  }

  /** The gaps between blob requests, in seconds: half of them are shorter than the median. */
  public record Gaps(double mean, double median, double variation) {}

  /** The gaps between blob requests; the variation is the standard deviation over the mean. */
  public Gaps gaps() {
    long[] times = new long[blobs.length];
    int count = 0;
    for (int i = 0; i < workload.length(); i++) {
      if (workload.kind(i) == RequestKind.BLOB && workload.client(i) != Workload.SCANNER) {
        times[count++] = workload.millis(i);
      }
    }
    double[] gaps = new double[count - 1];
    for (int i = 1; i < count; i++) {
      gaps[i - 1] = (times[i] - times[i - 1]) / 1000.0;
    }
    Arrays.sort(gaps);
    double mean = Arrays.stream(gaps).average().orElse(0);
    double variance = Arrays.stream(gaps).map(g -> (g - mean) * (g - mean)).average().orElse(0);
    return new Gaps(mean, gaps[gaps.length / 2], Math.sqrt(variance) / mean);
  }

  /** The sizes of what was sent, one for each blob request; ascending. */
  public long[] sizes() {
    return Arrays.stream(blobs).mapToLong(workload.catalogue()::bytes).sorted().toArray();
  }
}

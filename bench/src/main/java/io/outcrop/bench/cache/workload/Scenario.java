package io.outcrop.bench.cache.workload;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Things that happen to a site, each worked into a workload. */
public final class Scenario {

  private static final Duration WATCH_AFTER_SCAN = Duration.ofHours(6);
  private static final Duration SCAN = Duration.ofHours(2);
  private static final double SCAN_BEGIN = 0.6;
  private static final long SCAN_BYTES = 1_000_000_000_000L;
  private static final int SCAN_LAYERS = 8;
  private static final double LEAST_SCANNED = 0.75;

  private static final double WAVE_BEGIN = 0.5;
  private static final Duration WAVE = Duration.ofSeconds(60);
  private static final int WAVE_CLIENTS = 200;
  private static final int WAVE_LAYERS = 12;
  private static final int WAVE_FIRST_CLIENT = 1_000_000;

  private static final double OUTAGE_BEGIN = 0.55;
  private static final Duration OUTAGE = Duration.ofMinutes(30);
  private static final double PEER_BEGIN = 0.5;

  private static final int RANGING_CLIENTS = 3;
  private static final int RANGES = 16;
  private static final Duration RANGING = Duration.ofSeconds(10);
  private static final long LEAST_RANGED = 1_000_000;

  private Scenario() {}

  /**
   * Something reads a terabyte of images, each once, within two hours: eight layers each, from the
   * largest quarter of all sizes. It is watched from its begin until six hours after.
   */
  public static Workload scan(Workload workload, long seed) {
    Chance chance = new Chance(seed);
    long begin = at(workload, SCAN_BEGIN);
    int most = (int) (SCAN_BYTES / SizeDistribution.OF_REGISTRY.quantile(LEAST_SCANNED));
    long[] sizes = new long[most];
    long scanned = 0;
    int count = 0;
    while (scanned < SCAN_BYTES) {
      sizes[count] = SizeDistribution.OF_REGISTRY.quantile(chance.between(LEAST_SCANNED, 1));
      scanned += sizes[count++];
    }
    int layers = count;
    int[][] images =
        IntStream.range(0, (layers + SCAN_LAYERS - 1) / SCAN_LAYERS)
            .mapToObj(image ->
                IntStream.range(image * SCAN_LAYERS, Math.min(layers, (image + 1) * SCAN_LAYERS))
                    .toArray())
            .toArray(int[][]::new);
    Workload.Builder requests = new Workload.Builder();
    event(requests, RequestKind.WATCH_BEGAN, begin);
    for (int image = 0; image < images.length; image++) {
      long when = begin + SCAN.toMillis() * image / images.length;
      request(requests, RequestKind.PULL, image, Workload.SCANNER, when);
      for (int content : images[image]) {
        request(requests, RequestKind.BLOB, content, Workload.SCANNER, when);
      }
    }
    event(requests, RequestKind.WATCH_ENDED, begin + WATCH_AFTER_SCAN.toMillis());
    Catalogue scan = new Catalogue(names("scanned-", layers), Arrays.copyOf(sizes, layers), images);
    return workload.with(workload.name() + " and a scan", requests.build("scan", scan));
  }

  /** The six hours that are watched in a {@link #scan}, without the scan. */
  public static Workload withoutScan(Workload workload) {
    long begin = at(workload, SCAN_BEGIN);
    Workload.Builder requests = new Workload.Builder();
    event(requests, RequestKind.WATCH_BEGAN, begin);
    event(requests, RequestKind.WATCH_ENDED, begin + WATCH_AFTER_SCAN.toMillis());
    return workload.with(workload.name(), requests.build("watch", nothing()));
  }

  /** Two hundred clients pull one new image within a minute. It is watched. */
  public static Workload deployment(Workload workload, long seed) {
    Chance chance = new Chance(seed);
    long begin = at(workload, WAVE_BEGIN);
    long[] sizes =
        IntStream.range(0, WAVE_LAYERS)
            .mapToLong(_ -> SizeDistribution.OF_REGISTRY.quantile(chance.between(0.3, 0.95)))
            .toArray();
    Workload.Builder requests = new Workload.Builder();
    event(requests, RequestKind.WATCH_BEGAN, begin);
    for (int client = 0; client < WAVE_CLIENTS; client++) {
      long when = begin + WAVE.toMillis() * client / WAVE_CLIENTS;
      int number = WAVE_FIRST_CLIENT + client;
      request(requests, RequestKind.PULL, 0, number, when);
      for (int layer = 0; layer < WAVE_LAYERS; layer++) {
        request(requests, RequestKind.BLOB, layer, number, when);
      }
    }
    event(requests, RequestKind.WATCH_ENDED, begin + WAVE.toMillis());
    Catalogue wave =
        new Catalogue(
            names("deployed-", WAVE_LAYERS),
            sizes,
            new int[][] {IntStream.range(0, WAVE_LAYERS).toArray()});
    return workload.with(workload.name() + " and a deployment", requests.build("wave", wave));
  }

  /** No upstream can be reached for half an hour, which is watched. */
  public static Workload outage(Workload workload) {
    long begin = at(workload, OUTAGE_BEGIN);
    long end = begin + OUTAGE.toMillis();
    Workload.Builder requests = new Workload.Builder();
    event(requests, RequestKind.WATCH_BEGAN, begin);
    event(requests, RequestKind.UPLINK_LOST, begin);
    event(requests, RequestKind.UPLINK_BACK, end);
    event(requests, RequestKind.WATCH_ENDED, end);
    return workload.with(workload.name() + " and an outage", requests.build("outage", nothing()));
  }

  /** A neighbour with a warm cache joins in the middle, from where on it is watched. */
  public static Workload peer(Workload workload) {
    long begin = at(workload, PEER_BEGIN);
    Workload.Builder requests = new Workload.Builder();
    event(requests, RequestKind.WATCH_BEGAN, begin);
    event(requests, RequestKind.PEER_JOINED, begin);
    return workload.with(workload.name() + " and a peer", requests.build("peer", nothing()));
  }

  /**
   * Every third client fetches what is larger than 1 MB in sixteen ranges within ten seconds, as
   * those do which start containers before all of an image is there.
   */
  public static Workload ranges(Workload workload) {
    Workload.Builder requests = new Workload.Builder();
    NavigableMap<Long, List<int[]>> further = new TreeMap<>();
    for (int i = 0; i < workload.length(); i++) {
      long now = workload.millis(i);
      while (!further.isEmpty() && further.firstKey() <= now) {
        addRanges(requests, further.pollFirstEntry());
      }
      requests.add(
          workload.kind(i), workload.subject(i), workload.client(i), workload.repository(i), now);
      if (workload.kind(i) == RequestKind.BLOB
          && workload.client(i) % RANGING_CLIENTS == 0
          && workload.catalogue().bytes(workload.subject(i)) >= LEAST_RANGED) {
        for (int range = 1; range < RANGES; range++) {
          further
              .computeIfAbsent(now + RANGING.toMillis() * range / RANGES, _ -> new ArrayList<>())
              .add(new int[] {workload.subject(i), workload.client(i)});
        }
      }
    }
    further.entrySet().forEach(later -> addRanges(requests, later));
    return requests.build(workload.name() + " and ranges", workload.catalogue());
  }

  private static void addRanges(Workload.Builder requests, Map.Entry<Long, List<int[]>> ranges) {
    for (int[] range : ranges.getValue()) {
      request(requests, RequestKind.RANGE, range[0], range[1], ranges.getKey());
    }
  }

  private static long at(Workload workload, double share) {
    return (long) (workload.millis(workload.length() - 1) * share);
  }

  private static void event(Workload.Builder requests, RequestKind kind, long when) {
    request(requests, kind, 0, Workload.UNKNOWN_CLIENT, when);
  }

  private static void request(
      Workload.Builder requests, RequestKind kind, int subject, int client, long when) {
    requests.add(kind, subject, client, Workload.UNKNOWN_REPOSITORY, when);
  }

  private static String[] names(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i).toArray(String[]::new);
  }

  private static Catalogue nothing() {
    return new Catalogue(new String[0], new long[0], new int[0][]);
  }
}

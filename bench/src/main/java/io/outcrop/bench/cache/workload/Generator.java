package io.outcrop.bench.cache.workload;

import java.util.Comparator;
import java.util.NavigableMap;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Makes a workload like three days of IBM's registry that tells what the trace does not: who asks,
 * what images are made of, and what is pulled together.
 */
public final class Generator {

  /*
   * Four kinds of activity.
   *
   * Builders pull one image over and over at a steady pace and keep nothing: continuous integration.
   * They make the head of the popularity and the short distances between requests.
   *
   * Pollers ask for a manifest at a steady pace and pull nothing. They are most of the manifest
   * requests.
   *
   * Births: somebody pushes an image, and one client pulls it. Most images are never pulled again.
   *
   * Repeated pulls: an image that was born some time ago is pulled by another client, which lacks
   * what it has not pulled before.
   *
   * The last two come at random, by day more than at night. Which of the two it is, is steered: a
   * birth as long as the share of new content in this tenth of the workload is below that of the
   * trace. The pace is steered too, so that the workload takes about three days. All other numbers
   * were fitted by hand and by random search, until each of the known figures was met. The
   * calibration test names those figures. What they do not pin down, above all who shares what with
   * whom, is an assumption.
   */

  private static final int BLOB_REQUESTS = 259_274;
  private static final int CLIENTS = 8_157;
  private static final double CLIENT_EXPONENT = 0.98;
  private static final double SPAN = 3 * 86_400.0;
  private static final double DAY = 86_400;

  /** The share of requests for content never asked for before, in each tenth of the trace. */
  private static final double[] NEW_CONTENT = {
    0.272, 0.237, 0.240, 0.217, 0.221, 0.259, 0.296, 0.497, 0.422, 0.477
  };

  private static final double USUAL_NEW_CONTENT = 0.26;
  private static final double PULLS_PER_SECOND = 0.037;
  private static final double DIURNAL_SWING = 0.5;
  private static final double PACE_BEHIND = 1.3;
  private static final double PACE_AHEAD = 0.75;
  private static final double PACE_LACKING_NEW = 2.5;
  private static final double TOLERATED_LACK = 20;
  private static final double EPHEMERAL_PROBABILITY = 0.8;
  private static final double PULLED_AGAIN_PROBABILITY = 0.33;
  private static final double AND_AGAIN_PROBABILITY = 0.65;
  // How many blob requests ago the image of a repeated pull was pulled last.
  private static final double MEDIAN_AGE = 9_500;
  private static final double AGE_SPREAD = 1.25;

  /** The busiest builders: pulls in three days, layers, share of the three days they are busy. */
  private static final double[][] BUSY_BUILDERS = {
    {4755, 2, 1},
    {2145, 15, 1},
    {2145, 2, 1},
    {460, 2, 0.62},
    {450, 3, 0.62},
    {440, 3, 0.62},
    {394, 5, 0.62},
    {392, 5, 0.62},
    {345, 9, 0.62},
    {340, 12, 0.62}
  };

  /** Others: pulls and layers. */
  private static final int[][] BUILDERS = {
    {316, 12}, {136, 8}, {120, 8}, {100, 8}, {90, 9}, {86, 9}, {82, 9}, {82, 9}, {75, 9}, {70, 9},
    {64, 9}
  };

  private static final int SMALL_BUILDERS = 45;
  private static final int SMALL_BUILDER_LAYERS = 9;
  private static final LogLine SMALL_BUILDER_PULLS =
      new LogLine(new double[][] {{200, 64}, {300, 42}, {400, 33}, {600, 24}, {820, 20}});
  private static final double LEAST_PERIOD = 60;
  private static final double MEDIAN_PERIOD = 100;
  private static final double PERIOD_RANGE = 1.9;

  private static final int POLLED = 52;
  private static final int PULLED_POLLED = 8;
  private static final double UNPULLED_POLLS = 25_500;
  private static final LogLine POLLS =
      new LogLine(
          new double[][] {{1, 9274}, {5, 6126}, {14, 3552}, {20, 2014}, {25, 840}, {60, 200}});
  private static final int RARELY_POLLED = 540;
  private static final LogLine RARE_POLLS =
      new LogLine(
          new double[][] {
            {60, 200}, {75, 81}, {130, 40}, {200, 16.3}, {300, 10.6}, {400, 7}, {600, 4}, {700, 3}
          });

  private final Chance chance;
  private final ContentTable contents;
  private final ImageFactory images;
  private final RequestLog log;
  private final Zipf activity = new Zipf(CLIENTS, CLIENT_EXPONENT);
  private final PriorityQueue<Session> sessions =
      new PriorityQueue<>(
          Comparator.comparingDouble(Session::when).thenComparingInt(Session::number));
  // Images that will be pulled again, by the number of blob requests when they last were.
  private final NavigableMap<Integer, GeneratedImage> pulledAgain = new TreeMap<>();
  private int numbered;

  /** What someone does at a time, and when they do it again: a negative time for never. */
  private interface Activity {
    double act(double now);
  }

  private record Session(double when, int number, Activity activity) {}

  private Generator(long seed) {
    chance = new Chance(seed);
    contents = new ContentTable(chance);
    images = new ImageFactory(chance, contents);
    log = new RequestLog(chance, contents, images.emptyLayer(), CLIENTS, BLOB_REQUESTS);
  }

  /** A workload; the same for the same seed. */
  public static Workload generate(long seed) {
    return new Generator(seed).generate();
  }

  private Workload generate() {
    addBuilders();
    addPollers();
    at(1, this::someonePulls);
    double now = 0;
    while (log.blobs() < BLOB_REQUESTS) {
      Session next = sessions.remove();
      now = next.when;
      double again = next.activity.act(now);
      if (again >= 0) {
        at(again, next.activity);
      }
    }
    String[] names =
        IntStream.range(0, contents.size()).mapToObj(i -> "content-" + i).toArray(String[]::new);
    int[][] layers = images.images().stream().map(GeneratedImage::contents).toArray(int[][]::new);
    long[] bytes = contents.settleBytes(log.countByContent());
    return log.build("generated", new Catalogue(names, bytes, layers), 1000 * SPAN / now);
  }

  private void at(double when, Activity activity) {
    sessions.add(new Session(when, numbered++, activity));
  }

  private void addBuilders() {
    for (double[] builder : BUSY_BUILDERS) {
      double period = builder[2] * SPAN / builder[0];
      addBuilder(
          (int) builder[0],
          (int) builder[1],
          period,
          chance.between(0, SPAN - builder[0] * period));
    }
    int count = BUILDERS.length + SMALL_BUILDERS;
    for (int i = 0; i < count; i++) {
      int small = i - BUILDERS.length;
      int pulls =
          small < 0
              ? BUILDERS[i][0]
              : (int) SMALL_BUILDER_PULLS.at(210 + small * 600.0 / SMALL_BUILDERS);
      int layers = small < 0 ? BUILDERS[i][1] : SMALL_BUILDER_LAYERS;
      // Periods and begins are spread evenly rather than at random, as there are few builders.
      double period =
          small >= 0 && small % 3 == 0
              ? 0.97 * SPAN / pulls
              : LEAST_PERIOD
                  + MEDIAN_PERIOD
                      * Math.exp(PERIOD_RANGE * (2 * ((i + 1) * 0.7548776662466927 % 1) - 1));
      double steady = Math.min(period, SPAN / pulls);
      addBuilder(pulls, layers, steady, (i + 1) * 0.6180339887498949 % 1 * (SPAN - pulls * steady));
    }
  }

  private void addBuilder(int pulls, int layers, double period, double begin) {
    GeneratedImage image = images.alone(layers);
    int client = chance.wholeBetween(1, CLIENTS);
    int[] left = {pulls};
    at(
        begin,
        now -> {
          log.pull(image, client, false, now);
          left[0]--;
          return left[0] > 0 ? now + period * chance.between(0.95, 1.05) : -1;
        });
  }

  private void addPollers() {
    double unpulled = 0;
    for (int rank = 1; rank <= POLLED; rank++) {
      double polls = POLLS.at(rank);
      GeneratedImage image;
      if (rank > PULLED_POLLED && unpulled < UNPULLED_POLLS) {
        image = images.manifestOnly();
        unpulled += polls;
      } else {
        image = images.alone(chance.wholeBetween(1, 5));
        pullOnce(image, 0.9);
      }
      addPoller(image, polls);
    }
    for (int i = 0; i < RARELY_POLLED; i++) {
      GeneratedImage image = images.alone(chance.wholeBetween(1, 5));
      pullOnce(image, 0.6);
      addPoller(image, RARE_POLLS.at(60.5 + i));
    }
  }

  private void pullOnce(GeneratedImage image, double latest) {
    int client = someone();
    at(
        chance.between(0, latest * SPAN),
        now -> {
          log.pull(image, client, true, now);
          return -1;
        });
  }

  private void addPoller(GeneratedImage image, double polls) {
    int client = chance.wholeBetween(1, CLIENTS);
    double period = SPAN / polls;
    at(
        chance.between(0, period),
        now -> {
          log.poll(image, client, now);
          return now + period * chance.between(0.8, 1.2);
        });
  }

  private double someonePulls(double now) {
    double share = NEW_CONTENT[log.tenth()];
    int client = someone();
    boolean keeps = !chance.happens(EPHEMERAL_PROBABILITY);
    if (log.newBeyond(share) <= 0 || pulledAgain.isEmpty()) {
      GeneratedImage image = images.birth();
      log.pull(image, client, keeps, now);
      if (chance.happens(PULLED_AGAIN_PROBABILITY)) {
        pulledAgain.put(log.blobs(), image);
      }
    } else {
      int age = (int) Math.min(BLOB_REQUESTS, chance.logNormal(MEDIAN_AGE, AGE_SPREAD));
      var found = pulledAgain.floorEntry(log.blobs() - age);
      if (found == null) {
        found = pulledAgain.firstEntry();
      }
      pulledAgain.remove(found.getKey());
      log.pull(found.getValue(), client, keeps, now);
      if (chance.happens(AND_AGAIN_PROBABILITY)) {
        pulledAgain.put(log.blobs(), found.getValue());
      }
    }
    return now + chance.exponential(1 / pullsPerSecond(now, share));
  }

  private double pullsPerSecond(double now, double newShare) {
    double daytime = 1 + DIURNAL_SWING * Math.sin(2 * Math.PI * (now / DAY - 0.25));
    double pace = log.blobs() < BLOB_REQUESTS * now / SPAN ? PACE_BEHIND : PACE_AHEAD;
    double novelty =
        newShare
            / USUAL_NEW_CONTENT
            * (log.newBeyond(newShare) < -TOLERATED_LACK ? PACE_LACKING_NEW : 1);
    return PULLS_PER_SECOND * daytime * pace * novelty;
  }

  private int someone() {
    return 1 + activity.draw(chance);
  }
}

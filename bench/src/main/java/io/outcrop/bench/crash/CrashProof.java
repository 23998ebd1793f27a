package io.outcrop.bench.crash;

import io.outcrop.storage.StoreAudit;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * Kills Outcrop at random instants, of its start as well as of its work, starts it again each time,
 * and checks that every byte it serves is right, that files and database agree, that no pinned
 * content is lost, and that it keeps within its capacity.
 */
final class CrashProof {

  private static final long CAPACITY = 48L << 20;
  private static final int PULLERS = 6;
  private static final int LONGEST_LOAD_MILLIS = 4_000;
  private static final int LONGEST_START_MILLIS = 1_500;
  private static final int KILLED_STARTING_ONE_IN = 5;
  private static final Duration START_BOUND = Duration.ofSeconds(20);
  private static final int AUDITS = 5;

  private final Victim victim;
  private final Catalog catalog;
  private final Operator operator;
  private final Tally tally = new Tally();
  private final Random random;
  private volatile boolean loading;

  private CrashProof(Path launcher, Path folder, OriginLog origin, long seed) throws IOException {
    this.random = new Random(seed);
    this.catalog = new Catalog(seed);
    this.victim = new Victim(launcher, folder, origin.port(), CAPACITY);
    this.operator = new Operator(victim, catalog, origin, tally, new Random(seed + 1));
  }

  /** Takes the launcher, an empty folder, a number of kills and a seed. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    int kills = Integer.parseInt(arguments[2]);
    long seed = Long.parseLong(arguments[3]);
    System.err.println("seed " + seed);
    CrashProof proof;
    try (OriginLog origin = new OriginLog(seed)) {
      proof = new CrashProof(Path.of(arguments[0]), Path.of(arguments[1]), origin, seed);
      // However this ends, nothing is left running.
      Runtime.getRuntime().addShutdownHook(new Thread(proof.victim::abandon));
      Runtime.getRuntime().addShutdownHook(new Thread(origin::close));
      proof.run(kills);
    }
    proof.tally.print(CAPACITY);
    System.exit(proof.tally.isClean() ? 0 : 1);
  }

  private void run(int kills) throws IOException, InterruptedException {
    start();
    for (int kill = 1; kill <= kills; kill++) {
      loadAndKill();
      if (random.nextInt(KILLED_STARTING_ONE_IN) == 0 && kill < kills) {
        victim.launch();
        LockSupport.parkNanos(Duration.ofMillis(random.nextInt(LONGEST_START_MILLIS)).toNanos());
        victim.kill();
        tally.count("kills while starting");
        kill++;
      }
      if (!start()) {
        return;
      }
      check();
      System.err.printf("\r%d of %d kills ", kill, kills);
    }
    System.err.println();
    victim.terminate();
  }

  /** Starts it; false if it does not come to serve, which ends the proof. */
  private boolean start() throws IOException, InterruptedException {
    long start = System.nanoTime();
    victim.launch();
    if (victim.awaitReady(START_BOUND)) {
      tally.started(Duration.ofNanos(System.nanoTime() - start).toMillis());
      return true;
    }
    tally.violation("does not serve after " + START_BOUND.toSeconds() + " s", "see outcrop.log");
    victim.kill();
    return false;
  }

  private void loadAndKill() throws IOException, InterruptedException {
    loading = true;
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < PULLERS; i++) {
      Puller puller = new Puller(victim, catalog, tally, new Random(random.nextLong()));
      threads.add(whileLoading(puller::pullAny));
    }
    threads.add(whileLoading(operator::act));
    long before = tally.wholeAnswers();
    long patience = System.nanoTime() + START_BOUND.toNanos();
    while (tally.wholeAnswers() == before && System.nanoTime() < patience) {
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos()); // A busy machine takes its time.
    }
    long end = System.nanoTime() + Duration.ofMillis(random.nextInt(LONGEST_LOAD_MILLIS)).toNanos();
    do {
      LockSupport.parkNanos(
          Math.min(
              Math.max(0, end - System.nanoTime()),
              Duration.ofMillis(random.nextInt(50, 400)).toNanos()));
      if (System.nanoTime() < end) {
        sample();
      }
    } while (System.nanoTime() < end);
    victim.kill();
    loading = false;
    tally.count("kills under load");
    for (Thread thread : threads) {
      thread.join();
    }
    sampleFiles();
  }

  /** Does something again and again until the victim is killed. */
  private Thread whileLoading(Act act) {
    return Thread.ofPlatform()
        .start(() -> {
          while (loading) {
            try {
              act.run();
            } catch (IOException e) {
              // Cut by the kill, or there is nobody there any more.
              LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
            }
          }
        });
  }

  /** Looks at all files at one instant, for which the victim has to hold still. */
  private void sample() throws IOException, InterruptedException {
    victim.hold(true);
    try {
      sampleFiles();
    } finally {
      victim.hold(false);
    }
  }

  private void sampleFiles() throws IOException {
    long bytes = StoreAudit.fileBytes(victim.data());
    tally.sampled(bytes);
    if (bytes > CAPACITY) {
      tally.violation("over capacity", bytes + " of " + CAPACITY);
    }
  }

  private void check() throws IOException, InterruptedException {
    StoreAudit audit = audit();
    if (!audit.isConsistent()) {
      tally.violation(
          "files and database do not agree",
          "orphans %s, missing %s, wrong %s, strays %s"
              .formatted(audit.orphans(), audit.missing(), audit.wrong(), audit.strays()));
    }
    if (audit.bytes() > CAPACITY) {
      tally.violation("over capacity after a start", audit.bytes() + " of " + CAPACITY);
    }
    tally.count("audits after a start");
    tally.add("pieces of content found by them", audit.entries().size());
    tally.add("partial files found by them", audit.partials().size());
    operator.checkPins(new Puller(victim, catalog, tally, new Random(random.nextLong())));
    long damaged =
        victim
            .admin("GET", "/metrics", Optional.empty())
            .body()
            .lines()
            .filter(line -> line.startsWith("outcrop_damaged_total"))
            .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' '))))
            .sum();
    if (damaged > 0) {
      tally.violation("content damaged by a kill", damaged + " pieces");
    }
  }

  /** Looks again where something is not right, as what an upkeep does at that instant may show. */
  private StoreAudit audit() throws IOException, InterruptedException {
    StoreAudit audit = auditOfOneInstant();
    for (int i = 1; i < AUDITS && !audit.isConsistent(); i++) {
      LockSupport.parkNanos(Duration.ofMillis(100L * i).toNanos());
      audit = auditOfOneInstant();
    }
    return audit;
  }

  /** Files and database of the same instant, for which the victim has to hold still. */
  private StoreAudit auditOfOneInstant() throws IOException, InterruptedException {
    victim.hold(true);
    try {
      return StoreAudit.of(victim.data());
    } finally {
      victim.hold(false);
    }
  }

  private interface Act {
    void run() throws IOException;
  }
}

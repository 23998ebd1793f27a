package io.outcrop.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/** Kills a process that works on a store, again and again on the same store. */
final class CrashTest {

  private static final long SEED = Long.getLong("outcrop.test.seed", System.nanoTime());
  private static final int LONGEST_MILLIS = 700;

  @TempDir(factory = TempDirFactory.Standard.class)
  Path root;

  /** What the process said before it died. */
  private record Said(
      Set<Digest> stored, Set<Digest> held, Map<String, Digest> pinned, Set<Digest> touched) {}

  // By the names of their pins: what was acknowledged and not taken back, over all rounds.
  private final Map<String, Digest> pinned = new HashMap<>();
  private int everPinned;
  private final Set<Digest> damagedByHand = new HashSet<>();

  @Test
  void nothingAcknowledgedIsLostWhereThereIsRoomForAll() throws Exception {
    long capacity = 8L << 30;
    Random random = new Random(SEED);
    Set<Digest> stored = new HashSet<>();
    for (int round = 0; round < 7; round++) {
      stored.addAll(runAndKill(capacity, random, 150_000).stored());

      assertThat(checked(capacity, round))
          .as("resident, seed %d, round %d", SEED, round)
          .containsAll(stored)
          .containsAll(pinned.values());
    }
    assertThat(stored).as("seed %d", SEED).isNotEmpty();
    assertThat(everPinned).as("pins, seed %d", SEED).isPositive();
  }

  @Test
  void whatCouldNotBeEvictedIsKeptWhereThereIsLittleRoom() throws Exception {
    long capacity = 4L << 20;
    Random random = new Random(SEED + 1);
    int heldInAll = 0;
    for (int round = 0; round < 8; round++) {
      Said said = runAndKill(capacity, random, 300_000);
      heldInAll += said.held().size();

      assertThat(checked(capacity, round))
          .as("resident, seed %d, round %d", SEED, round)
          .containsAll(said.held())
          .containsAll(pinned.values());
    }
    assertThat(heldInAll).as("seed %d", SEED).isPositive();
    assertThat(everPinned).as("pins, seed %d", SEED).isPositive();
  }

  private Said runAndKill(long capacity, Random random, int largest) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-Xmx128m", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(CrashLoad.class.getName());
    command.addAll(List.of(root.toString(), Long.toString(capacity)));
    command.addAll(List.of(Long.toString(random.nextLong()), Integer.toString(largest)));
    File errors = Files.createTempFile(root, "errors", "").toFile();
    Process process = new ProcessBuilder(command).redirectError(errors).start();
    List<String> lines = new ArrayList<>();
    try (BufferedReader output = process.inputReader(UTF_8)) {
      String ready = output.readLine();
      assertThat(ready).as(() -> "start: " + text(errors)).isEqualTo("ready");
      long delay = random.nextInt(LONGEST_MILLIS);
      Thread killer =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  // The instant of death, not a wait for something.
                  if (process.waitFor(delay, TimeUnit.MILLISECONDS)) {
                    return;
                  }
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
                process.toHandle().destroyForcibly(); // Leaves our end of the pipe open.
              });
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        lines.add(line);
      }
      killer.join();
    }
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(() -> "killed: " + text(errors)).isEqualTo(128 + 9);
    return said(lines);
  }

  private Said said(List<String> lines) {
    Said said = new Said(new HashSet<>(), new HashSet<>(), pinned, new HashSet<>());
    for (String line : lines) {
      assertThat(line).doesNotStartWith("failed");
      String[] words = line.split(" ", -1);
      // The last line may be cut.
      Optional<Digest> digest = Digest.tryParse(words[words.length - 1]);
      switch (words[0]) {
        case "+" -> digest.ifPresent(said.stored()::add);
        case "!" -> digest.ifPresent(said.held()::add);
        case "~" -> digest.ifPresent(said.touched()::add);
        case "u" -> pinned.remove(words[1]);
        case "p" ->
            digest.ifPresent(pin -> {
              pinned.put(words[1], pin);
              everPinned++;
            });
        default -> {
          // Says that it found the store full.
        }
      }
    }
    // What was cut short by hand and not seen by anybody yet is damaged rightly.
    damagedByHand.addAll(said.touched());
    return said;
  }

  /** Opens what the killed process left, checks all of it, and tells what is resident. */
  private Set<Digest> checked(long capacity, int round) throws IOException {
    String when = "seed " + SEED + ", round " + round;
    long resident;
    long booked;
    try (ContentStore store = Contents.open(root, capacity)) {
      for (Digest digest : damagedByHand) {
        store.open(digest).ifPresent(BlobFile::close);
      }
      resident = store.statistics().residentCount();
      booked = Contents.booked(store);
    }
    StoreAudit audit = StoreAudit.of(root);
    assertThat(audit.isConsistent()).as("%s: %s", when, audit).isTrue();
    assertThat(audit.entries()).as(when).hasSize((int) resident);
    assertThat(booked).as(when).isLessThanOrEqualTo(capacity).isEqualTo(audit.bytes());
    try (ContentStore store = Contents.open(root, capacity)) {
      for (Digest digest : audit.entries().keySet()) {
        byte[] body = Contents.read(store, digest).orElseThrow();
        assertThat(Digest.of(digest.algorithm(), body)).as(when).isEqualTo(digest);
      }
      assertThat(store.statistics().damaged()).as(when).isZero();
    }
    return audit.entries().keySet();
  }

  private static String text(File file) {
    try {
      return Files.readString(file.toPath());
    } catch (IOException e) {
      return e.toString();
    }
  }
}

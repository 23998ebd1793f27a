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
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
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
  private record Said(Set<Digest> stored, Set<Digest> held, Set<Digest> pinned) {}

  @Test
  void nothingAcknowledgedIsLostWhereThereIsRoomForAll() throws Exception {
    long capacity = 8L << 30;
    Random random = new Random(SEED);
    Set<Digest> stored = new HashSet<>();
    for (int round = 0; round < 7; round++) {
      stored.addAll(runAndKill(capacity, random, 150_000).stored());

      assertThat(checked(capacity, round))
          .as("resident, seed %d, round %d", SEED, round)
          .containsAll(stored);
    }
    assertThat(stored).as("seed %d", SEED).isNotEmpty();
  }

  @Test
  void whatCouldNotBeEvictedIsKeptWhereThereIsLittleRoom() throws Exception {
    long capacity = 4L << 20;
    Random random = new Random(SEED + 1);
    int heldInAll = 0;
    Set<Digest> pinned = new HashSet<>();
    for (int round = 0; round < 8; round++) {
      Said said = runAndKill(capacity, random, 300_000);
      heldInAll += said.held().size();
      pinned.addAll(said.pinned());

      assertThat(checked(capacity, round))
          .as("resident, seed %d, round %d", SEED, round)
          .containsAll(said.held())
          .containsAll(pinned);
    }
    assertThat(heldInAll).as("seed %d", SEED).isPositive();
    assertThat(pinned).as("seed %d", SEED).isNotEmpty();
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

  private static Said said(List<String> lines) {
    Said said = new Said(new HashSet<>(), new HashSet<>(), new HashSet<>());
    for (String line : lines) {
      assertThat(line).doesNotStartWith("failed");
      // The last line may be cut.
      if (line.startsWith("+ ")) {
        Digest.tryParse(line.substring(2)).ifPresent(said.stored()::add);
      } else if (line.startsWith("! ")) {
        Digest.tryParse(line.substring(2)).ifPresent(said.held()::add);
      } else if (line.startsWith("= ")) {
        Digest.tryParse(line.substring(2)).ifPresent(said.pinned()::add);
      } else if (line.startsWith("- ")) {
        Digest.tryParse(line.substring(2))
            .ifPresent(digest -> {
              said.stored().remove(digest);
              said.held().remove(digest);
            });
      }
    }
    return said;
  }

  /** Opens what the killed process left, checks all of it, and tells what is resident. */
  private Set<Digest> checked(long capacity, int round) throws IOException {
    String when = "seed " + SEED + ", round " + round;
    long resident;
    long booked;
    try (ContentStore store = Contents.open(root, capacity)) {
      resident = store.statistics().residentCount();
      booked = Contents.booked(store);
    }
    Map<Digest, Boolean> entries = entries();
    assertThat(followed(capacity)).as("the journal, " + when).isEqualTo(entries.keySet());
    assertThat(entries).as(when).hasSize((int) resident);
    assertThat(booked).as(when).isLessThanOrEqualTo(capacity);
    long bytes = 0;
    Set<String> files = new TreeSet<>();
    try (ContentStore store = Contents.open(root, capacity)) {
      for (Map.Entry<Digest, Boolean> entry : entries.entrySet()) {
        Digest digest = entry.getKey();
        byte[] body = Contents.read(store, digest).orElseThrow();
        assertThat(Digest.of(digest.algorithm(), body)).as(when).isEqualTo(digest);
        bytes += body.length;
        if (!entry.getValue()) {
          files.add(digest.toString());
        }
      }
      assertThat(store.statistics().damaged()).as(when).isZero();
    }
    for (String name : Contents.files(root, "fills")) {
      assertThat(name).as(when).startsWith("sha256-");
      bytes += Files.size(root.resolve("fills").resolve(name));
    }
    assertThat(booked).as(when).isEqualTo(bytes);
    assertThat(Contents.files(root, "blobs")).as("orphans, " + when).isEqualTo(files);
    return entries.keySet();
  }

  /** What one takes to be here who follows the journal from its start. */
  private Set<Digest> followed(long capacity) throws StoreException {
    Set<Digest> present = new HashSet<>();
    try (ContentStore store = Contents.open(root, capacity)) {
      ChangeJournal.Changes all = store.journal().since(0, ChangeJournal.LENGTH);
      assertThat(all.complete()).isTrue();
      for (ContentChange change : all.changes()) {
        assertThat(
                change.present() ? present.add(change.content()) : present.remove(change.content()))
            .as("%s", change)
            .isTrue();
      }
    }
    return present;
  }

  /** What the database holds: each content, and whether it is in the database itself. */
  private Map<Digest, Boolean> entries() throws StoreException {
    Map<Digest, Boolean> entries = new HashMap<>();
    try (MetadataStore metadata = MetadataStore.open(root.resolve("db"))) {
      metadata.scan(
          Table.CONTENT,
          new byte[0],
          new byte[0],
          (key, value) -> {
            entries.put(
                Digest.parse(new String(key, UTF_8)),
                ContentRow.decode(value, new Interner<>()).entry().inline);
            return true;
          });
    }
    return entries;
  }

  private static String text(File file) {
    try {
      return Files.readString(file.toPath());
    } catch (IOException e) {
      return e.toString();
    }
  }
}

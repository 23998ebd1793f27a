package io.outcrop.storage;

import static io.outcrop.storage.Contents.assertAbsent;
import static io.outcrop.storage.Contents.assertHolds;
import static io.outcrop.storage.Contents.bytes;
import static io.outcrop.storage.Contents.fill;
import static io.outcrop.storage.Contents.put;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.outcrop.oci.Digest;
import io.outcrop.storage.Damaged.Finder;
import io.outcrop.storage.Damaged.Kind;
import io.outcrop.storage.ScrubStatus.Activity;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ScrubberTest {

  private static final long FAST = 1L << 40;
  private static final Duration WEEK = Duration.ofDays(7);

  @TempDir Path root;
  private volatile Instant now = Instant.parse("2026-11-01T12:00:00Z");
  private final List<Damaged> told = Collections.synchronizedList(new ArrayList<>());
  private ContentStore store;
  private Scrubber scrubber;

  @BeforeEach
  void open() throws StoreException {
    open(FAST, Optional.of(WEEK));
  }

  private void open(long rate, Optional<Duration> interval) throws StoreException {
    InstantSource clock = () -> now;
    store = ContentStore.open(new StoreOptions(root, 64 << 20, 1 << 20, clock));
    store.onDamage(told::add);
    scrubber = store.scrubber(new ScrubOptions(rate, interval));
    scrubber.start();
  }

  @AfterEach
  void close() {
    scrubber.close();
    store.close();
  }

  @Test
  void findsOneFlippedBitWhereverItIs() throws Exception {
    List<Digest> sound = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      sound.add(fill(store, bytes(i, 100_000 + i)));
      sound.add(put(store, bytes(100 + i, 1_000 + i)));
    }
    Digest first = flip(fill(store, bytes(50, 3_000_000)), 0);
    Digest last = flip(fill(store, bytes(51, 3_000_000)), 2_999_999);
    Digest between = flip(fill(store, bytes(52, 3_000_000)), 1_234_567);

    ScrubPass pass = pass();

    assertThat(pass.damaged()).isEqualTo(3);
    assertThat(pass.checked()).isEqualTo(23);
    assertThat(pass.bytes()).isGreaterThan(9_000_000).isEqualTo(scrubber.status().bytes());
    assertThat(told).extracting(Damaged::content).containsExactlyInAnyOrder(first, last, between);
    assertThat(told).allMatch(d -> d.finder() == Finder.SCRUB && d.kind() == Kind.WRONG_BYTES);
    for (Digest digest : List.of(first, last, between)) {
      assertAbsent(store, digest);
      assertThat(Contents.complete(root, digest)).doesNotExist();
    }
    for (Digest digest : sound) {
      assertThat(Contents.read(store, digest)).isPresent();
    }
    assertThat(pass().damaged()).as("all is well again").isZero();
  }

  @Test
  void findsMissingShortAndReplacedFiles_andFilesThatCannotBeRead() throws Exception {
    Digest missing = fill(store, bytes(1, 70_000));
    Files.delete(Contents.complete(root, missing));
    Digest cut = fill(store, bytes(2, 70_000));
    Files.write(Contents.complete(root, cut), bytes(2, 69_999));
    Digest folder = fill(store, bytes(3, 70_000));
    Files.delete(Contents.complete(root, folder));
    Files.createDirectories(Contents.complete(root, folder).resolve("x"));
    Digest loop = fill(store, bytes(4, 70_000));
    Files.delete(Contents.complete(root, loop));
    Files.createSymbolicLink(Contents.complete(root, loop), Contents.complete(root, loop));

    assertThat(pass().damaged()).isEqualTo(4);

    assertThat(told)
        .extracting(Damaged::content, Damaged::kind)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple(missing, Kind.MISSING),
            org.assertj.core.groups.Tuple.tuple(cut, Kind.WRONG_LENGTH),
            org.assertj.core.groups.Tuple.tuple(folder, Kind.WRONG_LENGTH),
            org.assertj.core.groups.Tuple.tuple(loop, Kind.UNREADABLE));
    for (Digest digest : List.of(missing, cut, folder, loop)) {
      assertAbsent(store, digest);
    }
    fill(store, bytes(4, 70_000));
    assertHolds(store, loop, bytes(4, 70_000));
  }

  @Test
  void findsSmallContentThatTheDatabaseHasWrongOrNotAtAll() throws Exception {
    Digest wrong = put(store, bytes(1, 1_000));
    Digest gone = put(store, bytes(2, 1_000));
    Digest sound = put(store, bytes(3, 1_000));
    close();
    try (MetadataStore metadata = MetadataStore.open(root.resolve("db"))) {
      metadata.write(
          new Batch()
              .put(Table.BODY, ContentStore.key(wrong), bytes(9, 1_000))
              .delete(Table.BODY, ContentStore.key(gone)));
    }
    open();

    assertThat(pass().damaged()).isEqualTo(2);

    assertAbsent(store, wrong);
    assertAbsent(store, gone);
    assertHolds(store, sound, bytes(3, 1_000));
  }

  @Test
  void readersOfWhatRottedAreTold() throws Exception {
    Digest digest = fill(store, bytes(1, 70_000));
    try (BlobFile reader = store.open(digest).orElseThrow()) {
      flip(digest, 5);
      pass();
      assertThat(reader.isRevoked()).isTrue();
    }
  }

  @Test
  void contentEvictedUnderItIsNoDamage() throws Exception {
    open1MiBPerSecond();
    Digest leaves = fill(store, bytes(1, 8 << 20));
    scrubber.goOn();
    await().until(() -> scrubber.status().bytes() > 0);
    PartialBlob other = store.begin(Digest.sha256(bytes(2, 1)));
    other.reserve((64 << 20) - (4 << 20)); // All there is for large content.
    assertAbsent(store, leaves);

    ScrubPass pass = awaitPass();

    assertThat(pass.damaged()).isZero();
    assertThat(pass.bytes()).isLessThan(8 << 20);
    assertThat(told).isEmpty();
    other.discard();
  }

  @Test
  void contentThatCameAgainUnderItIsNotMistakenForWhatItWas() throws Exception {
    open1MiBPerSecond();
    byte[] body = bytes(1, 4 << 20);
    Digest digest = flip(fill(store, body), 4_000_000);
    scrubber.goOn();
    await().until(() -> scrubber.status().bytes() > 0);
    PartialBlob other = store.begin(Digest.sha256(bytes(2, 1)));
    other.reserve((64 << 20) - (4 << 20));
    other.discard();
    fill(store, body);

    assertThat(awaitPass().damaged()).isZero();

    assertHolds(store, digest, body);
  }

  @Test
  void keepsItsRateWithoutBursts() throws Exception {
    close();
    open(4 << 20, Optional.empty());
    fill(store, bytes(1, 6 << 20));
    long start = System.nanoTime();

    scrubber.goOn();

    while (scrubber.status().last().isEmpty()) {
      long read = scrubber.status().bytes();
      double seconds = (System.nanoTime() - start) / 1e9;
      assertThat((double) read)
          .as("at most one read ahead of the rate")
          .isLessThanOrEqualTo(seconds * (4 << 20) + (512 << 10));
      Thread.onSpinWait();
    }
    assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(1_300));
  }

  @Test
  void aPassBeginsWhenItsTimeHasCome_andNotBefore() throws Exception {
    fill(store, bytes(1, 70_000));
    assertThat(scrubber.status().activity()).isEqualTo(Activity.IDLE);
    assertThat(scrubber.status().nextAt()).hasValue(now.plus(WEEK));
    now = now.plus(WEEK).minusMillis(1);
    close();
    open();
    assertThat(scrubber.status().nextAt()).hasValue(now.plusMillis(1));
    assertThat(scrubber.status().checked()).isZero();

    now = now.plusMillis(1);

    ScrubPass pass = awaitPass();
    assertThat(pass.startedAt()).isEqualTo(now);
    assertThat(scrubber.status().nextAt()).hasValue(now.plus(WEEK));
  }

  @Test
  void aClockThatWasSetBackDoesNotPutAPassOff() throws Exception {
    fill(store, bytes(1, 70_000));
    now = now.minus(Duration.ofDays(1000));

    assertThat(awaitPass().checked()).isEqualTo(1);
  }

  @Test
  void withoutAnIntervalAPassBeginsOnlyWhenAskedFor() throws Exception {
    close();
    open(FAST, Optional.empty());
    now = now.plus(Duration.ofDays(1000));
    assertThat(scrubber.status().nextAt()).isEmpty();

    assertThat(pass().damaged()).isZero();
  }

  @Test
  void goesOnAfterARestartWhereItWas() throws Exception {
    for (int i = 0; i < 40; i++) {
      fill(store, bytes(i, 100_000));
    }
    close();
    open(400_000, Optional.of(WEEK)); // Four pieces a second.
    scrubber.goOn();
    await().until(() -> scrubber.status().checked() >= 3);
    close();
    long before = scrubber.status().current().orElseThrow().checked();
    assertThat(before).isBetween(3L, 39L);
    open();

    ScrubPass pass = awaitPass();

    assertThat(pass.checked()).isEqualTo(40);
    assertThat(scrubber.status().checked()).isEqualTo(40 - before);
  }

  @Test
  void aPauseHoldsOverARestart_untilToldToGoOn() throws Exception {
    open1MiBPerSecond();
    fill(store, bytes(1, 8 << 20));
    scrubber.goOn();
    await().until(() -> scrubber.status().bytes() > 0);
    scrubber.pause();
    assertThat(scrubber.status().activity()).isEqualTo(Activity.PAUSED);
    close();
    open();
    now = now.plus(WEEK.multipliedBy(2));

    await()
        .during(Duration.ofMillis(300))
        .until(() -> scrubber.status().activity() == Activity.PAUSED);
    assertThat(scrubber.status().bytes()).isZero();
    assertThat(scrubber.status().current()).isPresent();

    scrubber.goOn();

    assertThat(awaitPass().bytes()).isEqualTo(8 << 20);
  }

  @Test
  void tellsHowFarItIs() throws Exception {
    for (int i = 0; i < 50; i++) {
      fill(store, bytes(i, 100_000));
    }
    close();
    open(2_000_000, Optional.of(WEEK));
    scrubber.goOn();
    await().until(() -> scrubber.status().checked() >= 20);

    ScrubPass pass = scrubber.status().current().orElseThrow();

    assertThat(pass.progress()).isBetween(0.1, 0.95);
    assertThat(awaitPass().progress()).isEqualTo(1);
  }

  @Test
  void closingDoesNotWaitForTheRestOfAFile() throws Exception {
    close();
    open(1 << 16, Optional.empty()); // Eight seconds for each read.
    fill(store, bytes(1, 8 << 20));
    scrubber.goOn();
    await().until(() -> scrubber.status().bytes() > 0);
    long start = System.nanoTime();

    scrubber.close();

    assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(2));
  }

  @Test
  void anUnreadableStateIsForgotten() throws Exception {
    close();
    try (MetadataStore metadata = MetadataStore.open(root.resolve("db"))) {
      metadata.write(
          new Batch().put(Table.META, "scrub".getBytes(UTF_8), "7 what".getBytes(UTF_8)));
    }

    open();

    assertThat(scrubber.status().activity()).isEqualTo(Activity.IDLE);
    assertThat(scrubber.status().nextAt()).hasValue(now.plus(WEEK));
  }

  @Test
  void ratesAndIntervalsArePositive() {
    assertThatThrownBy(() -> new ScrubOptions(0, Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ScrubOptions(1, Optional.of(Duration.ZERO)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private void open1MiBPerSecond() throws StoreException {
    close();
    open(1 << 20, Optional.of(WEEK));
  }

  /** Runs a pass to its end. */
  private ScrubPass pass() {
    now = now.plusMillis(1);
    Instant begun = now;
    scrubber.goOn();
    return awaitPassSince(begun);
  }

  private ScrubPass awaitPass() {
    return awaitPassSince(Instant.MIN);
  }

  private ScrubPass awaitPassSince(Instant begun) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() ->
            scrubber.status().last().filter(pass -> !pass.startedAt().isBefore(begun)).isPresent());
    return scrubber.status().last().orElseThrow();
  }

  private Digest flip(Digest digest, long offset) throws IOException {
    try (FileChannel file =
        FileChannel.open(
            Contents.complete(root, digest), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      java.nio.ByteBuffer one = java.nio.ByteBuffer.allocate(1);
      file.read(one, offset);
      one.put(0, (byte) (one.get(0) ^ 1));
      file.write(one.flip(), offset);
    }
    return digest;
  }
}

package io.outcrop.storage;

import static io.outcrop.storage.Contents.assertAbsent;
import static io.outcrop.storage.Contents.assertHolds;
import static io.outcrop.storage.Contents.booked;
import static io.outcrop.storage.Contents.bytes;
import static io.outcrop.storage.Contents.fill;
import static io.outcrop.storage.Contents.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.storage.ContentInfo.Origin;
import io.outcrop.storage.Damaged.Finder;
import io.outcrop.storage.Damaged.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to content that is found to be not what it should be. */
final class DamageTest {

  private static final byte[] BODY = bytes(1, 100_000);
  private static final byte[] SMALL = bytes(2, 1_000);
  // A twentieth of this is room for damaged content.
  private static final long CAPACITY = 4 << 20;

  @TempDir Path root;
  private ContentStore store;
  private final List<Damaged> told = new ArrayList<>();

  @BeforeEach
  void open() throws StoreException {
    store = ContentStore.open(new StoreOptions(root, CAPACITY, 0, new TickingClock()));
    store.onDamage(told::add);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void whatIsDamagedIsToldOnceAndWaitsForRepairOverRestarts() throws Exception {
    Digest digest = fill(store, BODY);
    Files.write(file(digest), bytes(3, 10));

    assertThat(store.open(digest)).isEmpty();
    assertThat(store.open(digest)).isEmpty();

    assertThat(told).hasSize(1);
    Damaged damaged = told.getFirst();
    assertThat(damaged.content()).isEqualTo(digest);
    assertThat(damaged.kind()).isEqualTo(Kind.WRONG_LENGTH);
    assertThat(damaged.finder()).isEqualTo(Finder.READER);
    assertThat(damaged.info()).isEqualTo(new ContentInfo(100_000, Optional.empty(), Origin.PUBLIC));
    reopen();
    assertThat(pending()).containsExactly(damaged);
    assertAbsent(store, digest);
    store.damageLog().settled(digest);
    reopen();
    assertThat(pending()).isEmpty();
  }

  @Test
  void aRecordRemembersWhatAManifestIs() throws Exception {
    Digest digest = put(store, SMALL);
    deleteBody(digest);

    assertThat(store.bytes(digest)).isEmpty();

    assertAbsent(store, digest);
    assertThat(booked(store)).isZero();
    assertThat(pending()).isEqualTo(told);
    assertThat(told.getFirst().kind()).isEqualTo(Kind.MISSING);
    assertThat(told.getFirst().info())
        .isEqualTo(new ContentInfo(1_000, Optional.of(MediaType.OCI_MANIFEST), Origin.PUBLIC));
  }

  @Test
  void pendingDamageIsReadInPages() throws Exception {
    for (int i = 0; i < 5; i++) {
      Digest digest = put(store, bytes(10 + i, 100));
      deleteBody(digest);
      assertThat(store.bytes(digest)).isEmpty();
    }

    List<Digest> paged = new ArrayList<>();
    Optional<Digest> after = Optional.empty();
    for (List<Damaged> page = store.damageLog().pending(after, 2);
        !page.isEmpty();
        page = store.damageLog().pending(after, 2)) {
      assertThat(page.size()).isLessThanOrEqualTo(2);
      page.forEach(damaged -> paged.add(damaged.content()));
      after = Optional.of(page.getLast().content());
    }

    assertThat(paged)
        .containsExactlyInAnyOrderElementsOf(told.stream().map(Damaged::content).toList());
  }

  @Test
  void bytesOfSmallContentAreVerifiedAsTheyAreRead() throws Exception {
    Digest digest = put(store, SMALL);
    byte[] wrong = SMALL.clone();
    wrong[500]++;
    writeBody(digest, wrong);

    assertThat(store.bytes(digest)).isEmpty();

    assertAbsent(store, digest);
    assertThat(told.getFirst().kind()).isEqualTo(Kind.WRONG_BYTES);
    assertThat(quarantined(digest)).hasValue(wrong);
    assertThat(booked(store)).isEqualTo(1_000);
    put(store, SMALL);
    assertHolds(store, digest, SMALL);
  }

  @Test
  void bytesOfALargerDocumentAreVerifiedAsTheyAreRead() throws Exception {
    Digest digest = put(store, BODY);
    reopen(); // What was just put may still be on the heap.
    byte[] wrong = BODY.clone();
    wrong[99_999]++;
    Files.write(file(digest), wrong);

    assertThat(store.bytes(digest)).isEmpty();

    assertAbsent(store, digest);
    assertThat(told.getFirst().kind()).isEqualTo(Kind.WRONG_BYTES);
    assertThat(quarantined(digest)).hasValue(wrong);
  }

  @Test
  void aFolderInPlaceOfAFileIsTakenAwayWithAllThatIsInIt() throws Exception {
    Digest digest = fill(store, BODY);
    Files.delete(file(digest));
    Files.createDirectories(file(digest).resolve("a/b"));
    Files.write(file(digest).resolve("a/b/c"), bytes(4, 5_000));

    assertThat(store.open(digest)).isEmpty();

    assertAbsent(store, digest);
    assertThat(booked(store)).isEqualTo(5_000);
    fill(store, BODY);
    assertHolds(store, digest, BODY);
    fillQuarantine(16);
    assertThat(inQuarantine()).hasSize(16);
  }

  @Test
  void aFolderInPlaceOfAFileDoesNotKeepTheStoreFromOpening() throws Exception {
    Digest kept = fill(store, bytes(5, 70_000));
    Digest held = fill(store, BODY);
    store.close();
    Digest orphan = Digest.sha256(bytes(6, 1));
    Files.createDirectories(file(orphan).resolve("x"));
    Files.delete(file(held));
    Files.createDirectories(file(held).resolve("x"));
    open();

    assertThat(store.open(held)).isEmpty();

    assertAbsent(store, held);
    assertThat(file(orphan)).doesNotExist();
    assertHolds(store, kept, bytes(5, 70_000));
  }

  @Test
  void contentIsPublishedWhereItsFolderWasDeleted_orOneStandsInItsPlace() throws Exception {
    Digest digest = Digest.sha256(BODY);
    Files.delete(file(digest).getParent());
    fill(store, BODY);
    assertHolds(store, digest, BODY);

    Digest other = Digest.sha256(bytes(7, 70_000));
    Files.createDirectories(file(other).resolve("x"));
    fill(store, bytes(7, 70_000));
    assertHolds(store, other, bytes(7, 70_000));
  }

  @Test
  void readersOfWrongBytesAreTold_andOthersAreNot() throws Exception {
    Digest digest = fill(store, BODY);
    Digest other = fill(store, bytes(8, 70_000));
    AtomicInteger stopped = new AtomicInteger();
    try (BlobFile early = store.open(digest).orElseThrow();
        BlobFile unconcerned = store.open(other).orElseThrow()) {
      early.onRevoked(stopped::incrementAndGet);
      unconcerned.onRevoked(() -> stopped.addAndGet(100));
      Files.write(file(digest), bytes(9, 50_000));

      assertThat(store.open(digest)).isEmpty();

      assertThat(stopped).hasValue(1);
      assertThat(early.isRevoked()).isTrue();
      assertThat(unconcerned.isRevoked()).isFalse();
      early.onRevoked(stopped::incrementAndGet);
      assertThat(stopped).as("told at once, as it is so already").hasValue(2);
    }
    assertThat(booked(store)).isEqualTo(70_000 + 50_000);
  }

  @Test
  void thoseWhoFollowedAFillAreToldToo() throws Exception {
    Digest digest = Digest.sha256(BODY);
    PartialBlob partial = store.begin(digest);
    BlobFile follower = partial.file().retain();
    partial.append(java.nio.ByteBuffer.wrap(BODY));
    partial.publish(Origin.PUBLIC, List.of());
    Files.write(file(digest), bytes(9, 50_000));

    assertThat(store.open(digest)).isEmpty();

    assertThat(follower.isRevoked()).isTrue();
    follower.close();
  }

  @Test
  void aReaderThatTheDiskFailsHasTheContentTakenOutOfService() throws Exception {
    Digest digest = fill(store, BODY);
    try (BlobFile reader = store.open(digest).orElseThrow()) {
      reader.failed(new IOException("Connection reset by peer"));
      reader.failed(new IOException("sendfile(..) failed with error(-32): Broken pipe"));
      assertThat(store.info(digest)).isPresent();

      reader.failed(new IOException("sendfile(..) failed with error(-5): Input/output error"));

      org.awaitility.Awaitility.await().until(() -> told.size() == 1);
      assertThat(told.getFirst().kind()).isEqualTo(Kind.UNREADABLE);
      assertThat(reader.isRevoked()).isTrue();
    }
    assertAbsent(store, digest);
  }

  @Test
  void openIfSoundChangesNothing() throws Exception {
    Digest digest = fill(store, BODY);
    Files.delete(file(digest));

    assertThat(store.openIfSound(digest)).isEmpty();

    assertThat(store.info(digest)).isPresent();
    assertThat(told).isEmpty();
    assertThat(store.open(digest)).isEmpty();
    assertThat(told).hasSize(1);
  }

  @Test
  void damageIsHandledWhereTheDatabaseTakesNothingAndIsNotServedAfterwards() throws Exception {
    Digest digest = put(store, SMALL);
    byte[] wrong = SMALL.clone();
    wrong[0]++;
    writeBody(digest, wrong);
    assertThat(store.bytes(digest)).isEmpty();
    // As if the batch that took it out of service had been refused by a full disk.
    try (MetadataStore metadata = metadata()) {
      metadata.write(
          new Batch()
              .put(
                  Table.CONTENT,
                  ContentStore.key(digest),
                  ContentRow.encode(
                      new ContentEntry(1_000, true, Origin.PUBLIC, Optional.empty(), 1),
                      Optional.empty()))
              .put(Table.BODY, ContentStore.key(digest), wrong));
    }
    open();

    assertThat(store.bytes(digest)).isEmpty();

    assertAbsent(store, digest);
  }

  @Test
  void quarantineKeepsTheNewestPieces() throws Exception {
    List<Digest> damaged = fillQuarantine(20);

    assertThat(store.quarantined())
        .extracting(Quarantined::content)
        .containsExactlyElementsOf(damaged.subList(4, 20));
    assertThat(inQuarantine())
        .containsExactlyElementsOf(store.quarantined().stream().map(Quarantined::name).toList());
    assertThat(booked(store)).isEqualTo(16 * 100);
    reopen();
    assertThat(store.quarantined())
        .extracting(Quarantined::content)
        .containsExactlyElementsOf(damaged.subList(4, 20));
    assertThat(booked(store)).isEqualTo(16 * 100);
  }

  @Test
  void quarantineTakesAtMostATwentiethOfTheCapacity() throws Exception {
    Digest first = damageFile(bytes(20, 100_000));
    Digest second = damageFile(bytes(21, 100_000));
    Digest third = damageFile(bytes(22, 100_000));

    assertThat(store.quarantined()).extracting(Quarantined::content).containsExactly(second, third);
    Digest huge = damageFile(bytes(23, 300_000));
    assertThat(store.quarantined())
        .as("what is too large takes no place of others")
        .extracting(Quarantined::content)
        .containsExactly(second, third);
    assertThat(booked(store)).isEqualTo(200_000);
    assertAbsent(store, first);
    assertAbsent(store, huge);
  }

  @Test
  void quarantineGivesWayToContentThatHasNoOtherRoom() throws Exception {
    damageFile(bytes(20, 100_000));
    damageFile(bytes(21, 90_000));
    long large = CAPACITY - CAPACITY / 4;

    PartialBlob almost = store.begin(Digest.sha256(bytes(30, 1)));
    almost.reserve(large - 150_000);
    assertThat(store.quarantined()).hasSize(1);
    almost.discard();
    PartialBlob all = store.begin(Digest.sha256(bytes(30, 1)));
    all.reserve(large);

    assertThat(store.quarantined()).isEmpty();
    assertThat(inQuarantine()).isEmpty();
    all.discard();
    assertThat(booked(store)).isZero();
  }

  @Test
  void quarantineIsNotGivenUpForWhatCannotFitAtAll() throws Exception {
    damageFile(bytes(20, 100_000));
    PartialBlob tooLarge = store.begin(Digest.sha256(bytes(30, 1)));

    org.assertj.core.api.Assertions.assertThatThrownBy(() -> tooLarge.reserve(CAPACITY))
        .isInstanceOf(InsufficientSpaceException.class);

    assertThat(store.quarantined()).hasSize(1);
    tooLarge.discard();
  }

  @Test
  void whatIsNotOursInTheQuarantineIsLeftAlone() throws Exception {
    Path stray = Files.writeString(root.resolve("quarantine/notes.txt"), "looked at on Monday");
    reopen();

    fillQuarantine(20);

    assertThat(stray).exists();
    assertThat(store.quarantined()).hasSize(16);
  }

  @Test
  void aSmallerCapacityHoldsForTheQuarantineToo() throws Exception {
    damageFile(bytes(20, 100_000));
    damageFile(bytes(21, 90_000));
    store.close();

    store = ContentStore.open(new StoreOptions(root, 2 << 20, 0, new TickingClock()));

    assertThat(store.quarantined()).extracting(Quarantined::bytes).containsExactly(90_000L);
    assertThat(booked(store)).isEqualTo(90_000);
  }

  /** Fills content, changes its length by hand, and has that found. */
  private Digest damageFile(byte[] body) throws IOException {
    Digest digest = fill(store, body);
    byte[] wrong = body.clone();
    wrong[0]++;
    Files.write(file(digest), wrong);
    // Opened as a document it is hashed; the length is right.
    assertThat(store.bytes(digest)).isEmpty();
    return digest;
  }

  private List<Digest> fillQuarantine(int count) throws Exception {
    List<Digest> damaged = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Digest digest = put(store, bytes(100 + i, 100));
      damaged.add(digest);
    }
    store.close();
    try (MetadataStore metadata = metadata()) {
      for (Digest digest : damaged) {
        metadata.write(
            new Batch().put(Table.BODY, ContentStore.key(digest), bytes(digest.hashCode(), 100)));
      }
    }
    open();
    for (Digest digest : damaged) {
      assertThat(store.bytes(digest)).isEmpty();
    }
    return damaged;
  }

  private void deleteBody(Digest digest) throws StoreException {
    store.close();
    try (MetadataStore metadata = metadata()) {
      metadata.write(new Batch().delete(Table.BODY, ContentStore.key(digest)));
    }
    open();
  }

  private void writeBody(Digest digest, byte[] body) throws StoreException {
    store.close();
    try (MetadataStore metadata = metadata()) {
      metadata.write(new Batch().put(Table.BODY, ContentStore.key(digest), body));
    }
    open();
  }

  private MetadataStore metadata() throws StoreException {
    store.close();
    return MetadataStore.open(root.resolve("db"));
  }

  private List<Damaged> pending() throws StoreException {
    return store.damageLog().pending(Optional.empty(), 100);
  }

  private Optional<byte[]> quarantined(Digest digest) throws IOException {
    Optional<Quarantined> piece =
        store.quarantined().stream().filter(p -> p.content().equals(digest)).findFirst();
    return piece.isEmpty()
        ? Optional.empty()
        : Optional.of(Files.readAllBytes(root.resolve("quarantine").resolve(piece.get().name())));
  }

  private List<String> inQuarantine() throws IOException {
    try (Stream<Path> files = Files.list(root.resolve("quarantine"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private Path file(Digest digest) {
    return Contents.complete(root, digest);
  }

  private void reopen() throws StoreException {
    store.close();
    open();
  }
}

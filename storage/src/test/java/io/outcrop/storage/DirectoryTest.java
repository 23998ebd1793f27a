package io.outcrop.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Namespace;
import io.outcrop.oci.Repository;
import io.outcrop.oci.Tag;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DirectoryTest {

  private static final Repository APP = Repository.of("docker.io", "org/a");
  private static final Repository OTHER = Repository.of("docker.io", "org/b");
  private static final Digest DIGEST = Digest.sha256(new byte[] {1});
  private static final Digest DIGEST2 = Digest.sha256(new byte[] {2});
  private static final Instant NOW = Instant.parse("2026-03-01T10:15:30.123456789Z");

  @TempDir Path root;
  private MetadataStore metadata;
  private Directory directory;

  @BeforeEach
  void open() throws StoreException {
    metadata = MetadataStore.open(root.resolve("db"));
    directory = new Directory(metadata, ChangeJournal.open(metadata));
  }

  @AfterEach
  void close() {
    metadata.close();
  }

  @Test
  void linksAreOfOneRepositoryAndSurviveAReopen() throws Exception {
    directory.link(List.of(new Link(APP, DIGEST, LinkState.CLAIMED)));

    for (int i = 0; i < 2; i++) {
      assertThat(directory.link(APP, DIGEST)).isEqualTo(LinkState.CLAIMED);
      assertThat(directory.link(OTHER, DIGEST)).isEqualTo(LinkState.ABSENT);
      assertThat(directory.link(APP, DIGEST2)).isEqualTo(LinkState.ABSENT);
      reopen();
    }
  }

  @Test
  void contentsOfARepositoryAreListedInPages() throws Exception {
    List<Digest> all = new ArrayList<>();
    for (byte i = 0; i < 7; i++) {
      all.add(Digest.sha256(new byte[] {i}));
    }
    all.add(Digest.of(Digest.Algorithm.SHA512, new byte[0]));
    all.sort(java.util.Comparator.comparing(Digest::toString));
    for (Digest digest : all) {
      directory.link(List.of(new Link(APP, digest, LinkState.CLAIMED)));
    }
    // Neighbours whose names begin alike.
    directory.link(
        List.of(
            new Link(Repository.of("docker.io", "org/a-b"), DIGEST, LinkState.PROVEN),
            new Link(Repository.of("docker.io", "org/a/b"), DIGEST, LinkState.PROVEN)));

    List<Digest> read = new ArrayList<>();
    Optional<String> after = Optional.empty();
    for (int i = 0; i < 3; i++) {
      List<Digest> page = directory.contents(APP, after, 3);
      read.addAll(page);
      after = Optional.of(read.getLast().toString());
    }
    assertThat(read).isEqualTo(all);
    assertThat(directory.contents(APP, after, 3)).isEmpty();
    assertThat(directory.contents(OTHER, Optional.empty(), 3)).isEmpty();
  }

  @Test
  void contentIsFoundInAllItsRepositories() throws Exception {
    assertThat(directory.repositoriesOf(DIGEST)).isEmpty();
    directory.link(
        List.of(
            new Link(APP, DIGEST, LinkState.CLAIMED),
            new Link(OTHER, DIGEST, LinkState.PROVEN),
            new Link(OTHER, DIGEST2, LinkState.PROVEN)));
    assertThat(directory.repositoriesOf(DIGEST)).containsExactly(APP, OTHER);
    assertThat(directory.repositoriesOf(DIGEST2)).containsExactly(OTHER);
  }

  @Test
  void linksAreNeverDowngraded() throws Exception {
    directory.link(List.of(new Link(APP, DIGEST, LinkState.CLAIMED)));
    directory.link(List.of(new Link(APP, DIGEST, LinkState.PROVEN)));
    directory.link(List.of(new Link(APP, DIGEST, LinkState.CLAIMED)));
    assertThat(directory.link(APP, DIGEST)).isEqualTo(LinkState.PROVEN);

    reopen();
    directory.link(List.of(new Link(APP, DIGEST, LinkState.CLAIMED)));
    assertThat(directory.link(APP, DIGEST)).isEqualTo(LinkState.PROVEN);
    reopen();
    assertThat(directory.link(APP, DIGEST)).isEqualTo(LinkState.PROVEN);
  }

  @Test
  void theBestOfManyLinksInOneCallCounts() throws Exception {
    directory.link(
        List.of(
            new Link(APP, DIGEST, LinkState.PROVEN),
            new Link(APP, DIGEST, LinkState.CLAIMED),
            new Link(OTHER, DIGEST, LinkState.CLAIMED)));

    for (int i = 0; i < 2; i++) {
      assertThat(directory.link(APP, DIGEST)).isEqualTo(LinkState.PROVEN);
      assertThat(directory.link(OTHER, DIGEST)).isEqualTo(LinkState.CLAIMED);
      reopen();
    }
  }

  @Test
  void aLinkOfNothingIsRefused() {
    assertThatThrownBy(() -> new Link(APP, DIGEST, LinkState.ABSENT))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void cachedLinksAnswerOnlyFromMemory() throws Exception {
    assertThat(directory.cachedLink(APP, DIGEST)).isEmpty();
    assertThat(directory.link(APP, DIGEST)).isEqualTo(LinkState.ABSENT);
    assertThat(directory.cachedLink(APP, DIGEST)).contains(LinkState.ABSENT);

    directory.link(List.of(new Link(APP, DIGEST, LinkState.PROVEN)));
    assertThat(directory.cachedLink(APP, DIGEST)).contains(LinkState.PROVEN);
    reopen();
    assertThat(directory.cachedLink(APP, DIGEST)).isEmpty();
  }

  @Test
  void recordsAreKeptAndForgotten() throws Exception {
    RecordKey tag = new RecordKey.OfTag(APP, new Tag("latest"));
    RecordKey referrers = new RecordKey.OfReferrers(APP, DIGEST);
    MutableRecord first = new MutableRecord(DIGEST, NOW);
    MutableRecord second = new MutableRecord(DIGEST2, NOW.plusSeconds(60));

    assertThat(directory.cachedRecord(tag)).isEmpty();
    assertThat(directory.record(tag)).isEmpty();
    assertThat(directory.cachedRecord(tag)).as("known to be absent").contains(Optional.empty());

    directory.record(tag, first);
    directory.record(referrers, second);
    assertThat(directory.cachedRecord(tag)).contains(Optional.of(first));
    reopen();
    assertThat(directory.cachedRecord(tag)).isEmpty();
    assertThat(directory.record(tag)).contains(first);
    assertThat(directory.record(referrers)).contains(second);

    directory.record(tag, second);
    assertThat(directory.record(tag)).contains(second);
    directory.forget(tag);
    assertThat(directory.cachedRecord(tag)).contains(Optional.empty());
    reopen();
    assertThat(directory.record(tag)).isEmpty();
    assertThat(directory.record(referrers)).contains(second);
  }

  @Test
  void recordsKeepTheTimeToTheMillisecond() {
    MutableRecord record = new MutableRecord(DIGEST, NOW);

    assertThat(record.confirmedAt()).isEqualTo(Instant.parse("2026-03-01T10:15:30.123Z"));
    assertThat(MutableRecord.decode(record.encoded())).isEqualTo(record);
    Digest sha512 = Digest.of(Digest.Algorithm.SHA512, new byte[0]);
    MutableRecord old = new MutableRecord(sha512, Instant.parse("1969-07-20T20:17:40Z"));
    assertThat(MutableRecord.decode(old.encoded())).isEqualTo(old);
  }

  @Test
  void tagsAreListedInOrderWithAfterAndLimit() throws Exception {
    for (String tag : List.of("b", "a", "latest", "1.0", "B", "_x", "a-b", "a.b", "ab")) {
      directory.record(new RecordKey.OfTag(APP, new Tag(tag)), new MutableRecord(DIGEST, NOW));
    }
    // Neighbours whose names begin with ours, and lists of referrers, are no tags of ours.
    for (String name : List.of("org/a-b", "org/a/b", "org/aa", "org", "org/a.b")) {
      Repository neighbour = Repository.of("docker.io", name);
      directory.record(
          new RecordKey.OfTag(neighbour, new Tag("no")), new MutableRecord(DIGEST, NOW));
    }
    directory.record(new RecordKey.OfReferrers(APP, DIGEST), new MutableRecord(DIGEST, NOW));

    assertThat(tags(Optional.empty(), 100))
        .containsExactly("1.0", "B", "_x", "a", "a-b", "a.b", "ab", "b", "latest");
    assertThat(tags(Optional.empty(), 2)).containsExactly("1.0", "B");
    assertThat(tags(Optional.of("a"), 2)).containsExactly("a-b", "a.b");
    assertThat(tags(Optional.of("a"), 1)).containsExactly("a-b");
    assertThat(tags(Optional.of("a+"), 1)).as("not a tag itself").containsExactly("a-b");
    assertThat(tags(Optional.of("b"), 100)).containsExactly("latest");
    assertThat(tags(Optional.of("latest"), 100)).isEmpty();
    assertThat(tags(Optional.of("~\u00ff\0/../"), 100)).isEmpty();
    assertThat(tags(Optional.of(""), 1)).containsExactly("1.0");
    assertThat(tags(Optional.empty(), 0)).isEmpty();
    assertThat(directory.tags(OTHER, Optional.empty(), 100)).isEmpty();
  }

  @Test
  void tagsArePagedWithoutGapOrRepetition() throws Exception {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 57; i++) {
      expected.add("t%02d".formatted(i));
      directory.record(
          new RecordKey.OfTag(APP, new Tag(expected.get(i))), new MutableRecord(DIGEST, NOW));
    }
    for (int limit : new int[] {1, 10, 57, 58}) {
      List<String> seen = new ArrayList<>();
      List<String> page = tags(Optional.empty(), limit);
      while (!page.isEmpty()) {
        seen.addAll(page);
        page = tags(Optional.of(page.getLast()), limit);
      }
      assertThat(seen).isEqualTo(expected);
    }
  }

  @Test
  void aForgottenTagIsListedNoMore() throws Exception {
    RecordKey key = new RecordKey.OfTag(APP, new Tag("gone"));
    directory.record(key, new MutableRecord(DIGEST, NOW));
    directory.forget(key);

    assertThat(tags(Optional.empty(), 10)).isEmpty();
  }

  @Test
  void repositoriesAreListedOnceEachInOrderOfTheirNames() throws Exception {
    List<String> names =
        List.of(
            "docker.io/org",
            "docker.io/org-x/y",
            "docker.io/org/a",
            "docker.io/org/a-b",
            "docker.io/org/a.b",
            "docker.io/org/a/b",
            "docker.io/org/a0",
            "docker.io/org/a_b",
            "docker.io:5000/org/a",
            "ghcr.io/org/a");
    for (String name : names.reversed()) {
      int slash = name.indexOf('/');
      Repository repository = Repository.of(name.substring(0, slash), name.substring(slash + 1));
      directory.link(
          List.of(
              new Link(repository, DIGEST, LinkState.CLAIMED),
              new Link(repository, DIGEST2, LinkState.PROVEN),
              new Link(
                  repository, Digest.of(Digest.Algorithm.SHA512, new byte[0]), LinkState.PROVEN)));
    }
    Optional<Namespace> hub = Optional.of(Namespace.DOCKER_HUB);

    assertThat(repositories(Optional.empty(), Optional.empty(), 100)).isEqualTo(names);
    assertThat(repositories(hub, Optional.empty(), 100)).isEqualTo(names.subList(0, 8));
    assertThat(repositories(hub, Optional.empty(), 3)).isEqualTo(names.subList(0, 3));
    for (int i = 0; i < names.size(); i++) {
      assertThat(repositories(Optional.empty(), Optional.of(names.get(i)), 2))
          .isEqualTo(names.subList(i + 1, Math.min(i + 3, names.size())));
      assertThat(repositories(hub, Optional.of(names.get(i)), 100))
          .isEqualTo(i < 8 ? names.subList(i + 1, 8) : List.of());
    }
    assertThat(repositories(hub, Optional.of("docker.io/org/"), 1))
        .as("behind a name that is none")
        .containsExactly("docker.io/org/a");
    assertThat(repositories(hub, Optional.of(""), 1)).containsExactly("docker.io/org");
    assertThat(repositories(hub, Optional.of("zzz"), 1)).isEmpty();
    assertThat(repositories(Optional.empty(), Optional.empty(), 0)).isEmpty();
    assertThat(repositories(Optional.of(new Namespace("quay.io")), Optional.empty(), 9)).isEmpty();
  }

  @Test
  void concurrentLinksNeverEndWithLessThanTheBest() throws Exception {
    race(
        1_000,
        i -> directory.link(List.of(new Link(APP, digest(i), LinkState.PROVEN))),
        i -> directory.link(List.of(new Link(APP, digest(i), LinkState.CLAIMED))));

    for (int run = 0; run < 2; run++) {
      for (int i = 0; i < 1_000; i++) {
        assertThat(directory.link(APP, digest(i))).as("%d", i).isEqualTo(LinkState.PROVEN);
      }
      reopen();
    }
  }

  @Test
  void readingALinkWhileItIsMadeLeavesNoStaleAnswer() throws Exception {
    race(
        2_000,
        i -> directory.link(List.of(new Link(APP, digest(i), LinkState.PROVEN))),
        i -> directory.link(APP, digest(i)));

    for (int i = 0; i < 2_000; i++) {
      assertThat(directory.link(APP, digest(i))).as("%d", i).isEqualTo(LinkState.PROVEN);
    }
  }

  @Test
  void readingARecordWhileItIsSetLeavesNoStaleAnswer() throws Exception {
    MutableRecord record = new MutableRecord(DIGEST, NOW);
    race(
        2_000,
        i -> directory.record(new RecordKey.OfTag(APP, new Tag("t" + i)), record),
        i -> directory.record(new RecordKey.OfTag(APP, new Tag("t" + i))));

    for (int i = 0; i < 2_000; i++) {
      assertThat(directory.record(new RecordKey.OfTag(APP, new Tag("t" + i))))
          .as("%d", i)
          .contains(record);
    }
  }

  @Test
  void concurrentRecordsLeaveMemoryAndDatabaseInAgreement() throws Exception {
    MutableRecord one = new MutableRecord(DIGEST, NOW);
    MutableRecord two = new MutableRecord(DIGEST2, NOW);
    race(
        1_000,
        i -> directory.record(new RecordKey.OfTag(APP, new Tag("t" + i)), one),
        i -> directory.record(new RecordKey.OfTag(APP, new Tag("t" + i)), two));

    Directory fresh = new Directory(metadata, ChangeJournal.open(metadata));
    for (int i = 0; i < 1_000; i++) {
      RecordKey key = new RecordKey.OfTag(APP, new Tag("t" + i));
      assertThat(directory.record(key)).as("%d", i).isEqualTo(fresh.record(key));
    }
  }

  private interface Step {
    void run(int i) throws Exception;
  }

  /** Runs two steps against each other, beginning each round at the same time. */
  private static void race(int rounds, Step first, Step second) throws Exception {
    CyclicBarrier barrier = new CyclicBarrier(2);
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      List<Future<?>> running = new ArrayList<>();
      for (Step step : List.of(first, second)) {
        running.add(
            threads.submit(() -> {
              for (int i = 0; i < rounds; i++) {
                barrier.await();
                step.run(i);
              }
              return null;
            }));
      }
      for (Future<?> future : running) {
        future.get();
      }
    }
  }

  private static Digest digest(int i) {
    return new Digest(Digest.Algorithm.SHA256, "%064x".formatted(i));
  }

  private List<String> tags(Optional<String> after, int limit) throws StoreException {
    return directory.tags(APP, after, limit).stream().map(Tag::value).toList();
  }

  private List<String> repositories(
      Optional<Namespace> namespace, Optional<String> after, int limit) throws StoreException {
    return directory.repositories(namespace, after, limit).stream()
        .map(Repository::toString)
        .toList();
  }

  private void reopen() throws StoreException {
    metadata.close();
    open();
  }
}

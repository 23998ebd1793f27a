package io.outcrop.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.oci.Tag;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What tags are answered with: decided once for what a tag means at its upstream, so that clients
 * never see it flip. Thread-safe; blocks on the disk, but for what is {@code cached}.
 */
public final class TagAnswers {

  private static final int CACHED = 10_000;

  private final MetadataStore metadata;
  private final Cache<Key, Digest> cache = Caffeine.newBuilder().maximumSize(CACHED).build();
  // Two who decide at once come to one decision.
  private final ReentrantLock deciding = new ReentrantLock();

  TagAnswers(MetadataStore metadata) {
    this.metadata = metadata;
  }

  /** What is answered, if that is decided and in memory; never blocks. */
  public Optional<Digest> cached(Repository repository, Tag tag, Digest source) {
    return Optional.ofNullable(cache.getIfPresent(new Key(repository, tag, source)));
  }

  /** What is answered, if that is decided. */
  public Optional<Digest> find(Repository repository, Tag tag, Digest source)
      throws StoreException {
    Key key = new Key(repository, tag, source);
    Optional<Digest> cached = Optional.ofNullable(cache.getIfPresent(key));
    return cached.isPresent() ? cached : read(key);
  }

  /** Decides, unless that has been done; returns what is decided then. */
  public Digest decide(TagAnswer answer) throws StoreException {
    Key key = new Key(answer.repository(), answer.tag(), answer.source());
    deciding.lock();
    try {
      Optional<Digest> before = read(key);
      if (before.isPresent()) {
        return before.get();
      }
      write(key, answer);
      return answer.given();
    } finally {
      deciding.unlock();
    }
  }

  /** Decides, whatever was decided before: only for somebody who wants just that. */
  public void redecide(TagAnswer answer) throws StoreException {
    deciding.lock();
    try {
      write(new Key(answer.repository(), answer.tag(), answer.source()), answer);
    } finally {
      deciding.unlock();
    }
  }

  /** All decisions. Not while somebody waits. */
  public List<TagAnswer> all() throws StoreException {
    List<TagAnswer> answers = new ArrayList<>();
    metadata.scan(
        Table.ANSWER,
        new byte[0],
        new byte[0],
        (key, value) -> {
          String[] names = new String(key, UTF_8).split("\0", -1);
          int slash = names[0].indexOf('/');
          MutableRecord given = MutableRecord.decode(value);
          answers.add(
              new TagAnswer(
                  Repository.of(names[0].substring(0, slash), names[0].substring(slash + 1)),
                  new Tag(names[1]),
                  Digest.parse(names[2]),
                  given.digest(),
                  given.confirmedAt()));
          return true;
        });
    return answers;
  }

  /** Forgets a decision, as when the tag has long meant something else. */
  public void forget(TagAnswer answer) throws StoreException {
    Key key = new Key(answer.repository(), answer.tag(), answer.source());
    deciding.lock();
    try {
      metadata.write(new Batch().delete(Table.ANSWER, key.encoded()));
      cache.invalidate(key);
    } finally {
      deciding.unlock();
    }
  }

  private Optional<Digest> read(Key key) throws StoreException {
    Optional<Digest> given =
        metadata
            .get(Table.ANSWER, key.encoded())
            .map(value -> MutableRecord.decode(value).digest());
    // Only one who decides changes it, and does so in the cache too.
    given.ifPresent(digest -> cache.asMap().putIfAbsent(key, digest));
    return given;
  }

  private void write(Key key, TagAnswer answer) throws StoreException {
    metadata.write(
        new Batch()
            .put(
                Table.ANSWER,
                key.encoded(),
                new MutableRecord(answer.given(), answer.since()).encoded()));
    cache.put(key, answer.given());
  }

  private record Key(Repository repository, Tag tag, Digest source) {
    byte[] encoded() {
      return (repository.toString() + '\0' + tag + '\0' + source).getBytes(UTF_8);
    }
  }
}

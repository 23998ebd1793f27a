package io.outcrop.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.outcrop.oci.Digest;
import io.outcrop.oci.Namespace;
import io.outcrop.oci.Repository;
import io.outcrop.oci.Tag;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * What is known of repositories: the content they hold, and what their tags and lists of referrers
 * last were. Thread-safe. Methods named {@code cached…} answer from memory and never block.
 */
public final class Directory {

  private static final int CACHED_LINKS = 20_000;
  private static final int CACHED_RECORDS = 10_000;
  // Sorts behind every name and every digest, so seeking there leaves a repository behind.
  private static final byte AFTER_ALL = (byte) 0xff;

  /*
   * The caches load, and change with the database, under their own lock of the key: else a reader
   * could put back what it read just before a change. Links are compared and written under one
   * lock, so that two writers cannot overtake each other and leave the lesser state.
   */

  private final MetadataStore metadata;
  private final ChangeJournal journal;
  private final ReentrantLock linking = new ReentrantLock();
  private final Cache<LinkKey, LinkState> links =
      Caffeine.newBuilder().maximumSize(CACHED_LINKS).build();
  private final Cache<RecordKey, Optional<MutableRecord>> records =
      Caffeine.newBuilder().maximumSize(CACHED_RECORDS).build();

  /**
   * @param journal what batches that make content resident are written through
   */
  Directory(MetadataStore metadata, ChangeJournal journal) {
    this.metadata = metadata;
    this.journal = journal;
  }

  /** Whether a repository holds some content, if that is in memory. */
  public Optional<LinkState> cachedLink(Repository repository, Digest content) {
    return Optional.ofNullable(links.getIfPresent(new LinkKey(repository, content)));
  }

  /** Whether a repository holds some content. May block on the disk. */
  public LinkState link(Repository repository, Digest content) throws StoreException {
    return checked(() ->
        links.get(
            new LinkKey(repository, content),
            key -> unchecked(() -> readLink(repository, content))));
  }

  /** Notes where content is; what is known better already stays. May block on the disk. */
  public void link(List<Link> found) throws StoreException {
    write(new Batch(), found, /* durably= */ false);
  }

  /** The last known state of a tag or list, if that is in memory; empty inside if there is none. */
  public Optional<Optional<MutableRecord>> cachedRecord(RecordKey key) {
    return Optional.ofNullable(records.getIfPresent(key));
  }

  /** The last known state of a tag or list. May block on the disk. */
  public Optional<MutableRecord> record(RecordKey key) throws StoreException {
    return checked(() ->
        records.get(
            key,
            absent ->
                unchecked(
                    () -> metadata.get(Table.RECORD, key.encoded()).map(MutableRecord::decode))));
  }

  /** Sets the last known state of a tag or list. May block on the disk. */
  public void record(RecordKey key, MutableRecord record) throws StoreException {
    change(
        key, new Batch().put(Table.RECORD, key.encoded(), record.encoded()), Optional.of(record));
  }

  /** Forgets a tag or list, as when the upstream says it is gone. May block on the disk. */
  public void forget(RecordKey key) throws StoreException {
    change(key, new Batch().delete(Table.RECORD, key.encoded()), Optional.empty());
  }

  /**
   * The tags of a repository that are known here, in ASCII order. May block on the disk.
   *
   * @param after only tags behind this one
   * @param limit how many at most
   */
  public List<Tag> tags(Repository repository, Optional<String> after, int limit)
      throws StoreException {
    byte[] prefix = bytes("t" + repository + '\0');
    byte[] from = bytes("t" + repository + '\0' + after.orElse(""));
    List<Tag> tags = new ArrayList<>();
    metadata.scan(
        Table.RECORD,
        prefix,
        from,
        (key, value) -> {
          String tag = new String(key, prefix.length, key.length - prefix.length, UTF_8);
          if (tags.size() < limit && !tag.equals(after.orElse(""))) {
            tags.add(new Tag(tag));
          }
          return tags.size() < limit;
        });
    return tags;
  }

  /**
   * The repositories of which anything is known here, ordered by their full names. May block on the
   * disk.
   *
   * @param namespace only those of this upstream, where given
   * @param after only names behind this one, in the form of {@link Repository#toString}
   * @param limit how many at most
   */
  public List<Repository> repositories(
      Optional<Namespace> namespace, Optional<String> after, int limit) throws StoreException {
    byte[] prefix = bytes(namespace.map(n -> n.host() + '/').orElse(""));
    byte[] from = prefix;
    if (after.isPresent() && Arrays.compareUnsigned(behind(bytes(after.get())), from) > 0) {
      from = behind(bytes(after.get()));
    }
    List<Repository> repositories = new ArrayList<>();
    boolean more = true;
    while (more && repositories.size() < limit) {
      List<byte[]> found = new ArrayList<>();
      metadata.scan(
          Table.LINK,
          prefix,
          from,
          (key, value) -> {
            found.add(key);
            return false;
          });
      more = !found.isEmpty();
      if (more) {
        byte[] key = found.getFirst();
        int nul = indexOfNul(key);
        repositories.add(repository(new String(key, 0, nul, UTF_8)));
        from = behind(Arrays.copyOf(key, nul));
      }
    }
    return repositories;
  }

  /**
   * What a repository is known to have, resident or not, ordered by digest. Blocks on the disk.
   *
   * @param after only content behind this, in the form of {@link Digest#toString}
   * @param limit how many at most
   */
  public List<Digest> contents(Repository repository, Optional<String> after, int limit)
      throws StoreException {
    byte[] prefix = bytes(repository.toString() + '\0');
    byte[] from = bytes(repository.toString() + '\0' + after.orElse(""));
    List<Digest> contents = new ArrayList<>();
    metadata.scan(
        Table.LINK,
        prefix,
        from,
        (key, value) -> {
          String digest = new String(key, prefix.length, key.length - prefix.length, UTF_8);
          if (contents.size() < limit && !digest.equals(after.orElse(""))) {
            contents.add(Digest.parse(digest));
          }
          return contents.size() < limit;
        });
    return contents;
  }

  /**
   * The repositories that are known to have some content. Walks all that is known of repositories,
   * so this is for people who wait, not for requests. Blocks on the disk.
   */
  public List<Repository> repositoriesOf(Digest content) throws StoreException {
    byte[] suffix = bytes('\0' + content.toString());
    List<Repository> repositories = new ArrayList<>();
    metadata.scan(
        Table.LINK,
        new byte[0],
        new byte[0],
        (key, value) -> {
          int nul = key.length - suffix.length;
          if (nul > 0 && Arrays.equals(key, nul, key.length, suffix, 0, suffix.length)) {
            repositories.add(repository(new String(key, 0, nul, UTF_8)));
          }
          return true;
        });
    return repositories;
  }

  /**
   * Which repositories hold some content, as far as is known. Goes through all links: for many
   * pieces at once, and not while somebody waits. Blocks on the disk.
   */
  public Map<Digest, List<Link>> holders(Set<Digest> contents) throws StoreException {
    Map<Digest, List<Link>> holders = new HashMap<>();
    metadata.scan(
        Table.LINK,
        new byte[0],
        new byte[0],
        (key, value) -> {
          int nul = indexOfNul(key);
          Digest content = Digest.parse(new String(key, nul + 1, key.length - nul - 1, UTF_8));
          LinkState state = LinkState.decode(value);
          if (contents.contains(content) && state != LinkState.ABSENT) {
            holders
                .computeIfAbsent(content, none -> new ArrayList<>())
                .add(new Link(repository(new String(key, 0, nul, UTF_8)), content, state));
          }
          return true;
        });
    return holders;
  }

  /**
   * Writes a batch, and with it where content was found.
   *
   * @param durably whether no loss of power may take this back once it returns
   */
  void write(Batch batch, List<Link> found, boolean durably) throws StoreException {
    linking.lock();
    try {
      Map<LinkKey, Link> better = new LinkedHashMap<>();
      for (Link link : found) {
        if (link(link.repository(), link.content()).compareTo(link.state()) < 0) {
          better.merge(new LinkKey(link.repository(), link.content()), link, Directory::best);
        }
      }
      for (Link link : better.values()) {
        batch.put(Table.LINK, link.encodedKey(), link.state().encoded());
      }
      if (!batch.changes().isEmpty()) {
        journal.write(batch, durably);
      }
      better.forEach((key, link) -> links.put(key, link.state()));
    } finally {
      linking.unlock();
    }
  }

  private static Link best(Link one, Link other) {
    return one.state().compareTo(other.state()) >= 0 ? one : other;
  }

  private LinkState readLink(Repository repository, Digest content) throws StoreException {
    return metadata
        .get(Table.LINK, Link.encodedKey(repository, content))
        .map(LinkState::decode)
        .orElse(LinkState.ABSENT);
  }

  private void change(RecordKey key, Batch batch, Optional<MutableRecord> record)
      throws StoreException {
    checked(() ->
        records
            .asMap()
            .compute(
                key,
                (same, before) ->
                    unchecked(() -> {
                      metadata.write(batch);
                      return record;
                    })));
  }

  private static <T> T checked(Supplier<T> access) throws StoreException {
    try {
      return access.get();
    } catch (UncheckedIOException e) {
      throw e.getCause() instanceof StoreException known
          ? known
          : new StoreException("metadata: " + e.getCause(), e);
    }
  }

  private static <T> T unchecked(Access<T> access) {
    try {
      return access.run();
    } catch (StoreException e) {
      throw new UncheckedIOException(e);
    }
  }

  private interface Access<T> {
    T run() throws StoreException;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static byte[] behind(byte[] repository) {
    byte[] key = Arrays.copyOf(repository, repository.length + 2);
    key[repository.length + 1] = AFTER_ALL;
    return key;
  }

  private static int indexOfNul(byte[] key) {
    int at = 0;
    while (key[at] != 0) {
      at++;
    }
    return at;
  }

  private static Repository repository(String fullName) {
    int slash = fullName.indexOf('/');
    return Repository.of(fullName.substring(0, slash), fullName.substring(slash + 1));
  }

  private record LinkKey(Repository repository, Digest content) {}
}

package io.outcrop.storage;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.outcrop.oci.Digest;
import io.outcrop.oci.ManifestParser;
import io.outcrop.oci.MediaType;
import io.outcrop.storage.ContentInfo.Origin;
import io.outcrop.storage.cache.LeastRecentlyUsed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Content by digest: bytes in files, small ones in RocksDB under a heap cache, and an index of all
 * of it in memory. Nothing is visible here before it was verified. Thread-safe.
 *
 * <p>Methods say where they may block on the disk; the others are safe on an event loop.
 */
public final class ContentStore implements AutoCloseable {

  /*
   * Order of writing. A blob: bytes synced to its partial file, the file renamed, then one batch
   * with the entry and its links, then the index. So an entry always has its file, but for a loss
   * of power that tore the rename away, which recovery sees. An eviction: index, batch, file. So a
   * file without an entry is an orphan, deleted at start-up, and an entry without a file was lost.
   * Both happen under the lock of the pool: else an eviction under way could delete the file and
   * entry of the same content published again. Readers take no lock; a lease keeps content in.
   *
   * Two pools. Content up to SMALL_BYTES is more than half of all requests and less than a
   * thousandth of all bytes in registry traces, so it has a bound of its own and never has to leave
   * for a layer.
   */

  /** Content up to this size lives in RocksDB rather than in a file of its own. */
  public static final int SMALL_BYTES = 64 << 10;

  private static final Logger LOG = LoggerFactory.getLogger(ContentStore.class);
  private static final int SMALL_POOL_DIVISOR = 50;
  private static final long SMALL_POOL_LEAST = 4L << 20;

  private final StoreOptions options;
  private final MetadataStore metadata;
  private final ContentFiles files;
  private final ConcurrentHashMap<Digest, ContentEntry> index = new ConcurrentHashMap<>();
  private final Interner<MediaType> mediaTypes = new Interner<>();
  private final Cache<Digest, byte[]> bodies;
  private final SpaceLedger large;
  private final SpaceLedger small;
  private final UseTracker uses;
  private final Directory directory;
  private final LongAdder damaged = new LongAdder();
  private volatile boolean closed;

  private ContentStore(StoreOptions options) throws StoreException {
    this.options = options;
    files = new ContentFiles(options.path());
    metadata = MetadataStore.open(options.path().resolve("db"));
    bodies =
        Caffeine.newBuilder()
            .maximumWeight(options.memoryCacheBytes())
            .weigher((Digest digest, byte[] body) -> body.length)
            .build();
    uses = new UseTracker(metadata, index, this::poolOf, options.clock());
    directory = new Directory(metadata);
    long smallCapacity =
        Math.min(
            options.capacity() / 4,
            Math.max(SMALL_POOL_LEAST, options.capacity() / SMALL_POOL_DIVISOR));
    small = newPool(smallCapacity);
    large = newPool(options.capacity() - smallCapacity);
  }

  /**
   * Opens the store in a folder, making it when absent, and reconciles what a crash left.
   *
   * @throws StoreException if the folder cannot be used; the message says why and what to do
   */
  public static ContentStore open(StoreOptions options) throws StoreException {
    ContentStore store = new ContentStore(options);
    try {
      new Recovery(store.metadata, store.files, store.index, store.mediaTypes)
          .run(store::poolOf, store.large);
      store.small.enforce();
      store.large.enforce();
      store.uses.start();
      return store;
    } catch (IOException | RuntimeException e) {
      store.close();
      throw e instanceof StoreException known
          ? known
          : new StoreException("storage path " + options.path() + ": cannot be read: " + e, e);
    }
  }

  /** What repositories hold, and what their tags last were. */
  public Directory directory() {
    return directory;
  }

  /** What is known of content, if it is resident. */
  public Optional<ContentInfo> info(Digest digest) {
    return Optional.ofNullable(index.get(digest)).map(ContentEntry::info);
  }

  /** Notes that content was used by a client; never blocks. */
  public void used(Digest digest) {
    uses.note(digest);
  }

  /** The bytes of resident content that is in memory; never blocks. */
  public Optional<byte[]> cachedBytes(Digest digest) {
    return index.containsKey(digest)
        ? Optional.ofNullable(bodies.getIfPresent(digest))
        : Optional.empty();
  }

  /**
   * The bytes of resident content no larger than a manifest may be. May block on the disk.
   *
   * @return empty if it is not resident, larger, or found damaged
   */
  public Optional<byte[]> bytes(Digest digest) throws StoreException {
    Optional<byte[]> cached = cachedBytes(digest);
    if (cached.isPresent()) {
      return cached;
    }
    ContentEntry entry = index.get(digest);
    if (entry == null || entry.size > ManifestParser.MAX_BYTES) {
      return Optional.empty();
    }
    Optional<byte[]> body =
        entry.inline ? metadata.get(Table.BODY, key(digest)) : readFile(digest, entry);
    if (body.isPresent() && body.get().length == entry.size) {
      bodies.put(digest, body.get());
      return body;
    }
    forget(digest, entry, "its bytes are missing");
    return Optional.empty();
  }

  /** Whether resident content has a file of its own rather than being small; never blocks. */
  public boolean isFile(Digest digest) {
    ContentEntry entry = index.get(digest);
    return entry != null && !entry.inline;
  }

  /**
   * Opens the file of resident content, which cannot be evicted until it is closed. Touches the
   * disk for an {@code open} and an {@code fstat} only.
   *
   * @return empty if it is not resident as a file, or was found damaged
   */
  public Optional<BlobFile> open(Digest digest) {
    ContentEntry entry = index.get(digest);
    if (entry == null || entry.inline || !entry.acquire()) {
      return Optional.empty();
    }
    try {
      Optional<FileChannel> channel = files.openComplete(digest, entry.size);
      if (channel.isPresent()) {
        return Optional.of(new BlobFile(channel.get(), entry::release));
      }
      entry.release();
      forget(digest, entry, "its file has another length");
    } catch (NoSuchFileException e) {
      entry.release();
      forget(digest, entry, "its file is missing");
    } catch (IOException e) {
      entry.release();
      LOG.error("content {}: cannot be opened: {}", digest, e.toString());
    }
    return Optional.empty();
  }

  /**
   * Begins, or goes on with, a blob that is not resident. Blocks on the disk. There must be one
   * writer a digest at a time.
   */
  public PartialBlob begin(Digest digest) throws IOException {
    ensureOpen();
    long booked = large.partialResumed(digest);
    try {
      FileChannel channel = files.openPartial(digest);
      try {
        return new PartialBlob(this, digest, channel, booked);
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      discardPartial(digest, booked);
      throw e;
    }
  }

  /**
   * Stores a manifest or other document with its links. Blocks on the disk.
   *
   * @throws DigestMismatchException if the bytes are not what the digest promises
   * @throws InsufficientSpaceException if it cannot be kept
   */
  public void put(Digest digest, byte[] body, MediaType mediaType, Origin origin, List<Link> links)
      throws IOException {
    Digest actual = Digest.of(digest.algorithm(), body);
    if (!actual.equals(digest)) {
      throw new DigestMismatchException(digest, actual);
    }
    ensureOpen();
    Optional<MediaType> type = Optional.of(mediaTypes.intern(mediaType));
    if (linkKnown(digest, type, links)) {
      return;
    }
    if (body.length <= SMALL_BYTES) {
      publishInline(digest, body, type, origin, links);
    } else {
      publishDocument(digest, body, type, origin, links);
    }
    bodies.put(digest, body);
  }

  /** How full the store is. */
  public StoreStatistics statistics() {
    SpaceLedger.Usage smallUsage = small.usage();
    SpaceLedger.Usage largeUsage = large.usage();
    return new StoreStatistics(
        options.capacity(),
        index.size(),
        smallUsage.booked() + largeUsage.booked(),
        smallUsage.evictions() + largeUsage.evictions(),
        smallUsage.evictedBytes() + largeUsage.evictedBytes(),
        damaged.sum());
  }

  /** Writes what is outstanding and lets go of the folder. */
  @Override
  public void close() {
    closed = true;
    uses.close();
    metadata.close();
  }

  void bookPartial(long bytes) throws InsufficientSpaceException {
    large.book(bytes);
  }

  void publish(PartialBlob partial, long booked, Origin origin, List<Link> links)
      throws IOException {
    ensureOpen();
    Digest digest = partial.digest();
    if (linkKnown(digest, Optional.empty(), links)) {
      discardPartial(digest, booked);
    } else if (partial.length() <= SMALL_BYTES) {
      byte[] body = new byte[(int) partial.length()];
      readFully(partial.file().channel(), body);
      publishInline(digest, body, Optional.empty(), origin, links);
      discardPartial(digest, booked);
    } else {
      partial.file().channel().force(true);
      publishFile(
          digest, files.partial(digest), partial.length(), booked, Optional.empty(), origin, links);
    }
  }

  void suspendPartial(Digest digest, long length, long booked) {
    if (length == 0) {
      discardPartial(digest, booked);
    } else {
      large.free(booked - length);
      large.partialIdle(digest, length);
    }
  }

  void discardPartial(Digest digest, long booked) {
    try {
      files.deletePartial(digest);
    } catch (IOException e) {
      LOG.error("partial content {}: cannot be deleted: {}", digest, e.toString());
    }
    large.free(booked);
  }

  private void publishDocument(
      Digest digest, byte[] body, Optional<MediaType> mediaType, Origin origin, List<Link> links)
      throws IOException {
    large.book(body.length);
    try {
      Path document = files.newDocument(body);
      try {
        publishFile(digest, document, body.length, body.length, mediaType, origin, links);
      } catch (IOException e) {
        Files.deleteIfExists(document);
        throw e;
      }
    } catch (IOException e) {
      large.free(body.length);
      throw InsufficientSpaceException.orSame(e, digest);
    }
  }

  /** The room stays booked to the caller if this fails. */
  private void publishFile(
      Digest digest,
      Path synced,
      long size,
      long booked,
      Optional<MediaType> mediaType,
      Origin origin,
      List<Link> links)
      throws IOException {
    ContentEntry entry = new ContentEntry(size, false, origin, mediaType, nowMillis());
    Batch batch = new Batch().put(Table.CONTENT, key(digest), entry.encoded());
    large.<IOException>exclusively(() -> {
      if (linkKnown(digest, mediaType, links)) {
        Files.delete(synced);
        large.free(booked);
        return;
      }
      files.publish(synced, digest);
      try {
        directory.write(batch, links);
      } catch (StoreException e) {
        files.deleteComplete(digest);
        throw e;
      }
      index.put(digest, entry);
      large.admitted(digest, size);
      large.free(booked - size);
    });
  }

  private void publishInline(
      Digest digest, byte[] body, Optional<MediaType> mediaType, Origin origin, List<Link> links)
      throws StoreException {
    small.book(body.length);
    ContentEntry entry = new ContentEntry(body.length, true, origin, mediaType, nowMillis());
    Batch batch =
        new Batch()
            .put(Table.CONTENT, key(digest), entry.encoded())
            .put(Table.BODY, key(digest), body);
    try {
      small.exclusively(() -> {
        if (linkKnown(digest, mediaType, links)) {
          small.free(body.length);
          return;
        }
        directory.write(batch, links);
        index.put(digest, entry);
        small.admitted(digest, body.length);
      });
    } catch (StoreException e) {
      small.free(body.length);
      throw e;
    }
  }

  /** For content that is resident already: notes what is new about it. False if it is not. */
  private boolean linkKnown(Digest digest, Optional<MediaType> mediaType, List<Link> links)
      throws StoreException {
    ContentEntry entry = index.get(digest);
    if (entry == null) {
      return false;
    }
    // A manifest may have been asked for as a blob first, where nothing tells its type.
    if (mediaType.isPresent() && entry.mediaType().isEmpty()) {
      poolOf(entry)
          .exclusively(() -> {
            if (index.get(digest) == entry) {
              entry.learn(mediaType.get());
              metadata.write(new Batch().put(Table.CONTENT, key(digest), entry.encoded()));
            }
          });
    }
    directory.link(links);
    return true;
  }

  private boolean evict(Digest digest) {
    ContentEntry entry = index.get(digest);
    if (closed || entry == null || !entry.condemn()) {
      return false;
    }
    remove(digest, entry);
    return true;
  }

  private void forget(Digest digest, ContentEntry entry, String why) {
    poolOf(entry)
        .exclusively(() -> {
          if (entry.condemn()) {
            damaged.increment();
            LOG.warn("content {}: {}; it will be fetched again", digest, why);
            remove(digest, entry);
          }
        });
  }

  /** Called under the lock of the pool. */
  private void remove(Digest digest, ContentEntry entry) {
    index.remove(digest, entry);
    bodies.invalidate(digest);
    try {
      metadata.write(
          new Batch().delete(Table.CONTENT, key(digest)).delete(Table.BODY, key(digest)));
    } catch (StoreException e) {
      // On a full disk the file must go all the same: recovery drops an entry without one.
      LOG.error("content {}: its entry cannot be deleted: {}", digest, e.toString());
    }
    if (!entry.inline) {
      try {
        files.deleteComplete(digest);
      } catch (IOException e) {
        LOG.error("content {}: its file cannot be deleted: {}", digest, e.toString());
      }
    }
    poolOf(entry).lost(digest, entry.size);
  }

  private void ensureOpen() throws StoreException {
    if (closed) {
      throw new StoreException("the store is closed");
    }
  }

  private SpaceLedger poolOf(ContentEntry entry) {
    return entry.inline ? small : large;
  }

  private SpaceLedger newPool(long capacity) {
    return new SpaceLedger(
        capacity,
        new LeastRecentlyUsed(),
        digest -> {
          ContentEntry entry = index.get(digest);
          return !closed && entry != null && entry.idle();
        },
        this::evict,
        this::dropPartial,
        () -> uses.drain());
  }

  private boolean dropPartial(Digest digest) {
    try {
      files.deletePartial(digest);
      return true;
    } catch (IOException e) {
      LOG.error("partial content {}: cannot be deleted: {}", digest, e.toString());
      return false;
    }
  }

  private Optional<byte[]> readFile(Digest digest, ContentEntry entry) throws StoreException {
    Optional<BlobFile> opened = open(digest);
    if (opened.isEmpty()) {
      return Optional.empty();
    }
    try (BlobFile file = opened.get()) {
      byte[] body = new byte[(int) entry.size];
      readFully(file.channel(), body);
      return Optional.of(body);
    } catch (IOException e) {
      throw new StoreException("content " + digest + ": cannot be read: " + e, e);
    }
  }

  private static void readFully(FileChannel channel, byte[] body) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(body);
    while (buffer.hasRemaining() && channel.read(buffer, buffer.position()) >= 0) {
      // Read on: a read may give less than was asked for.
    }
  }

  private long nowMillis() {
    return options.clock().instant().toEpochMilli();
  }

  static byte[] key(Digest digest) {
    return digest.toString().getBytes(StandardCharsets.UTF_8);
  }
}

package io.outcrop.storage;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.storage.ContentInfo.Origin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

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
   * Who does what: ContentReader gives out, ContentPublisher and PartialBlobs take in,
   * ContentRemover lets go, Pools keep the bounds and their locks, UseTracker tells them what is
   * used, and Recovery brings all into agreement at the start.
   */

  /** Content up to this size lives in RocksDB rather than in a file of its own. */
  public static final int SMALL_BYTES = 64 << 10;

  private final StoreOptions options;
  private final OpenFlag flag = new OpenFlag();
  private final MetadataStore metadata;
  private final ContentFiles files;
  private final ContentIndex index;
  private final Interner<MediaType> mediaTypes = new Interner<>();
  private final ContentRemover remover;
  private final Pools pools;
  private final UseTracker uses;
  private final ContentReader reader;
  private final Directory directory;
  private final ContentPublisher publisher;
  private final PartialBlobs partials;

  private ContentStore(StoreOptions options) throws StoreException {
    this.options = options;
    files = new ContentFiles(options.path());
    metadata = MetadataStore.open(options.path().resolve("db"));
    index = new ContentIndex(options.memoryCacheBytes());
    remover = new ContentRemover(index, metadata, files, this::poolOf, flag);
    uses = new UseTracker(metadata, index.entries(), this::poolOf, options.clock());
    pools = new Pools(options.capacity(), files, remover, uses::drain);
    reader = new ContentReader(index, metadata, files, remover);
    directory = new Directory(metadata);
    publisher =
        new ContentPublisher(index, metadata, files, directory, pools, options.clock(), mediaTypes);
    partials = new PartialBlobs(files, pools, publisher, flag);
  }

  /**
   * Opens the store in a folder, making it when absent, and reconciles what a crash left.
   *
   * @throws StoreException if the folder cannot be used; the message says why and what to do
   */
  public static ContentStore open(StoreOptions options) throws StoreException {
    ContentStore store = new ContentStore(options);
    try {
      new Recovery(store.metadata, store.files, store.index, store.mediaTypes).run(store.pools);
      store.pools.small().enforce();
      store.pools.large().enforce();
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
    return index.cachedBody(digest);
  }

  /**
   * The bytes of resident content no larger than a manifest may be. May block on the disk.
   *
   * @return empty if it is not resident, larger, or found damaged
   */
  public Optional<byte[]> bytes(Digest digest) throws StoreException {
    return reader.bytes(digest);
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
    return reader.open(digest);
  }

  /**
   * Begins, or goes on with, a blob that is not resident. Blocks on the disk. There must be one
   * writer a digest at a time.
   */
  public PartialBlob begin(Digest digest) throws IOException {
    return partials.begin(digest);
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
    flag.check();
    publisher.put(digest, body, mediaType, origin, links);
  }

  /** How full the store is. */
  public StoreStatistics statistics() {
    SpaceLedger.Usage smallUsage = pools.small().usage();
    SpaceLedger.Usage largeUsage = pools.large().usage();
    return new StoreStatistics(
        options.capacity(),
        index.size(),
        smallUsage.booked() + largeUsage.booked(),
        smallUsage.evictions() + largeUsage.evictions(),
        smallUsage.evictedBytes() + largeUsage.evictedBytes(),
        remover.damaged());
  }

  /** Writes what is outstanding and lets go of the folder. */
  @Override
  public void close() {
    flag.lower();
    uses.close();
    metadata.close();
  }

  private SpaceLedger poolOf(ContentEntry entry) {
    return pools.of(entry);
  }

  static byte[] key(Digest digest) {
    return digest.toString().getBytes(StandardCharsets.UTF_8);
  }
}

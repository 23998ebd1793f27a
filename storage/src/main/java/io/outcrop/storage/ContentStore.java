package io.outcrop.storage;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.storage.ContentInfo.Origin;
import io.outcrop.storage.Damaged.Finder;
import io.outcrop.storage.Damaged.Kind;
import io.outcrop.storage.cache.ReplacementPolicy;
import io.outcrop.storage.cache.StackArc;
import io.outcrop.storage.cache.Standing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Content by digest: bytes in files, small ones in RocksDB under a heap cache, and an index of all
 * of it in memory. Nothing is visible here before it was verified. Thread-safe.
 *
 * <p>Methods say where they may block on the disk; the others are safe on an event loop.
 */
public final class ContentStore implements AutoCloseable {

  /*
   * Order of writing. A blob: bytes synced to its partial file, the file renamed, then one batch
   * with the entry, its links and a line of the journal, then the index. So an entry always has its
   * file, but for a loss of power that tore the rename away, which recovery sees. An eviction: the
   * index, so that nobody waits for what is going; one batch that marks the entry as being deleted,
   * with a line of the journal; the file; the entry. So a file without an entry is an orphan, and
   * with a marked one it is gone: both are deleted at start-up. An entry without a file was lost.
   * All of it happens under the lock of the pool: else an eviction under way could delete the file
   * and entry of the same content published again.
   *
   * Readers take no lock. Those of content keep it from being evicted for other content. If it is
   * taken out all the same, as it is damaged or an operator says so, they read on through the open
   * file; its room is given back when the last has closed it, and not before, as the bytes are on
   * the disk until then.
   *
   * Who does what: ContentReader gives out, ContentPublisher and PartialBlobs take in,
   * ContentRemover lets go, Pools keep the bounds and their locks, UseTracker tells them what is
   * used, Housekeeping saves what was learnt, and Recovery brings all into agreement at the start.
   */

  /** Content up to this size lives in RocksDB rather than in a file of its own. */
  public static final int SMALL_BYTES = 64 << 10;

  private static final int QUARANTINE_DIVISOR = 20;

  private final StoreOptions options;
  private final OpenFlag flag = new OpenFlag();
  private final Interner<MediaType> mediaTypes = new Interner<>();
  private final RunningPartials running = new RunningPartials();
  private final MetadataStore metadata;
  private final ContentFiles files;
  private final ContentIndex index;
  private final ChangeJournal journal;
  private final Departures departures;
  private final ImageRecords images;
  private final PolicyState policyState;
  private final ContentRemover remover;
  private final UseTracker uses;
  private final Pools pools;
  private final Pins pins;
  private final ContentReader reader;
  private final Directory directory;
  private final PartialBlobs partials;
  private final ContentPublisher publisher;
  private final Quarantine quarantine;
  private final DamageHandler damage;
  private final DamageLog damageLog;
  private final DerivedImages derived;
  private final TagAnswers answers;
  private final Housekeeping housekeeping;

  private ContentStore(StoreOptions options, MetadataStore metadata) throws StoreException {
    this.options = options;
    this.metadata = metadata;
    files = new ContentFiles(options.path());
    index = new ContentIndex(options.memoryCacheBytes());
    journal = ChangeJournal.open(metadata);
    departures = new Departures(metadata, options.clock());
    images = new ImageRecords(metadata);
    policyState = new PolicyState(metadata);
    VolumeRoom room = new VolumeRoom(files::usableBytes, options.keepFree(), System::nanoTime);
    remover =
        new ContentRemover(
            index, journal, metadata, files, room, departures, images, this::poolOf, flag);
    uses = new UseTracker(metadata, index.entries(), new PolicyUses(), options.clock());
    pools = new Pools(options, files, room, running::unwritten, remover, departures, uses::drain);
    pins = new Pins(metadata, files, index, pools);
    OpenFiles openFiles = new OpenFiles(this::readingFailed);
    quarantine =
        new Quarantine(
            options.path().resolve("quarantine"),
            options.capacity() / QUARANTINE_DIVISOR,
            pools.large());
    damage =
        new DamageHandler(remover, files, quarantine, pools.small(), openFiles, options.clock());
    damageLog = new DamageLog(metadata);
    derived = new DerivedImages(metadata);
    answers = new TagAnswers(metadata);
    reader = new ContentReader(index, metadata, files, remover, openFiles, damage);
    directory = new Directory(metadata, journal);
    publisher =
        new ContentPublisher(
            index,
            metadata,
            files,
            directory,
            pools,
            pins,
            images,
            departures,
            uses,
            remover,
            options.clock(),
            mediaTypes);
    partials = new PartialBlobs(files, pools, publisher, running, pins, openFiles, flag);
    housekeeping = new Housekeeping(uses, pools, departures, policyState);
  }

  /**
   * Opens the store in a folder, making it when absent, and reconciles what a crash left.
   *
   * @throws StoreException if the folder cannot be used; the message says why and what to do
   */
  public static ContentStore open(StoreOptions options) throws StoreException {
    SpareRoom spare = new SpareRoom(options.path());
    MetadataStore metadata = openDatabase(options.path().resolve("db"), spare);
    try {
      ContentStore store = new ContentStore(options, metadata);
      store.recover();
      store.housekeeping.start();
      spare.restore();
      return store;
    } catch (IOException | RuntimeException e) {
      metadata.close();
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

  /**
   * Notes that content was asked for, whether it is here or not; never blocks.
   *
   * @param client stands for who asked, so that one who asks again and again can be told from many;
   *     0 if that is not known
   */
  public void used(Digest digest, int client) {
    uses.note(AccessBuffer.Kind.CONTENT, digest, client);
  }

  /**
   * Notes that an image was asked for, by its manifest, though perhaps not all its layers will be;
   * never blocks.
   */
  public void imageUsed(Digest manifest) {
    uses.note(AccessBuffer.Kind.IMAGE, manifest, ReplacementPolicy.UNKNOWN_CLIENT);
  }

  /** When resident content was last used, to within seconds; never blocks. */
  public Optional<Instant> lastUse(Digest digest) {
    return Optional.ofNullable(index.get(digest))
        .map(entry -> Instant.ofEpochMilli(entry.lastAccessMillis()));
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
   * @return empty if it is not resident as a file, or may be damaged, which {@link #open} finds out
   */
  public Optional<BlobFile> openIfSound(Digest digest) {
    return reader.openIfSound(digest);
  }

  /**
   * The same, but blocks on the disk if the file is found damaged: it is no longer resident then.
   *
   * @return empty if it is not resident as a file
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

  /** Bytes that an earlier writer left of a blob that is not resident. Blocks on the disk. */
  public long partialLength(Digest digest) throws IOException {
    return files.partialLength(digest);
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

  /** What is to stay, whatever else there is no room for. */
  public Pins pins() {
    return pins;
  }

  /** What came and went, in order. */
  public ChangeJournal journal() {
    return journal;
  }

  /** What is resident now, in no order; live, and safe to walk while content comes and goes. */
  public Set<Digest> resident() {
    return Collections.unmodifiableSet(index.entries().keySet());
  }

  /**
   * Why content is here, or why it is not. May block on the disk.
   *
   * @return empty if nothing is known of it
   */
  public Optional<Explanation> explain(Digest digest) throws StoreException {
    ContentEntry entry = index.get(digest);
    Optional<Departure> departure = entry == null ? departures.find(digest) : Optional.empty();
    Optional<Standing> standing = pools.large().standing(digest);
    List<String> names = pins.of(digest);
    if (entry == null && departure.isEmpty() && standing.isEmpty() && names.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Explanation(
            digest,
            Optional.ofNullable(entry).map(ContentEntry::info),
            standing,
            names,
            entry == null ? 0 : entry.readers(),
            departure));
  }

  /**
   * Takes content out, pinned or not. Those who read it may finish; its room is free when the last
   * of them has. Blocks on the disk.
   *
   * @param reason what {@link #explain} is to say
   * @return whether it was resident
   */
  public boolean evict(Digest digest, Reason reason) throws StoreException {
    return remover.condemn(digest, reason);
  }

  /** What was found damaged and is not repaired yet. */
  public DamageLog damageLog() {
    return damageLog;
  }

  /** What was made here of images. */
  public DerivedImages derived() {
    return derived;
  }

  /** What tags were answered with, where that was to be decided. */
  public TagAnswers answers() {
    return answers;
  }

  /** Damaged content kept for an operator to look at, oldest first. */
  public List<Quarantined> quarantined() {
    return quarantine.pieces();
  }

  /**
   * Asks to be told of content that is found damaged, on the thread that found it, which must not
   * be held up for long. It is out of service and in the {@link #damageLog} by then.
   */
  public void onDamage(Consumer<Damaged> listener) {
    damage.onDamage(listener);
  }

  /** Makes what checks this store's content, not started yet; to be closed before the store. */
  public Scrubber scrubber(ScrubOptions scrubOptions) throws StoreException {
    return new Scrubber(
        metadata,
        new ContentVerifier(options.path(), index, files, metadata, damage),
        scrubOptions,
        options.clock());
  }

  /** How full the store is. */
  public StoreStatistics statistics() {
    SpaceLedger.Usage smallUsage = pools.small().usage();
    SpaceLedger.Usage largeUsage = pools.large().usage();
    return new StoreStatistics(
        options.capacity(),
        smallUsage.capacity() + largeUsage.capacity(),
        index.size(),
        smallUsage.booked() + largeUsage.booked(),
        smallUsage.evictions() + largeUsage.evictions(),
        smallUsage.evictedBytes() + largeUsage.evictedBytes(),
        largeUsage.refused(),
        pools.large().asked(StackArc::sizes),
        damage.count());
  }

  /** Writes what is outstanding and lets go of the folder. */
  @Override
  public void close() {
    flag.lower();
    housekeeping.close();
    metadata.close();
  }

  private static MetadataStore openDatabase(Path folder, SpareRoom spare) throws StoreException {
    try {
      return MetadataStore.open(folder);
    } catch (StoreException e) {
      if (String.valueOf(e.getMessage()).contains("No space left") && spare.release()) {
        return MetadataStore.open(folder);
      }
      throw e;
    }
  }

  private void recover() throws IOException {
    quarantine.restore();
    new Recovery(metadata, journal, files, index, mediaTypes, pools, pins)
        .run(images, departures, policyState);
    pools.fitToVolume();
    pools.small().enforce();
    pools.large().enforce();
  }

  private void readingFailed(Digest digest, Throwable cause) {
    ContentEntry entry = index.get(digest);
    if (entry != null && !entry.inline && ReadFailure.isOfFile(cause)) {
      var _ =
          Thread.ofVirtual()
              .name("damage")
              .start(() -> damage.damagedFile(digest, entry, Kind.UNREADABLE, Finder.READER));
    }
  }

  private SpaceLedger<?> poolOf(ContentEntry entry) {
    return pools.of(entry);
  }

  /** The key behind that of some content, in the order of the database. */
  static byte[] behind(Digest digest) {
    return (digest.toString() + '\0').getBytes(StandardCharsets.UTF_8);
  }

  static byte[] key(Digest digest) {
    return digest.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Uses go to the policy of the pool that content is in, or would be in. */
  private final class PolicyUses implements UseTracker.Target {

    @Override
    public SpaceLedger<?> poolOf(ContentEntry entry) {
      return pools.of(entry);
    }

    @Override
    public void news() {
      pools.large().tell(images::tell);
    }

    @Override
    public void missed(Digest digest, int client) {
      pools.large().accessed(digest, client);
    }

    @Override
    public void imageUsed(Digest manifest) {
      pools.large().tell(policy -> policy.imageUsed(manifest));
    }
  }
}

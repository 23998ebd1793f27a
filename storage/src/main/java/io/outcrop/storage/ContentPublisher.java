package io.outcrop.storage;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.storage.ContentInfo.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Makes verified bytes resident: durable first, then visible. Blocks on the disk; thread-safe.
 *
 * <p>Room in the pool of large content is booked by the callers, who keep it if this fails; room in
 * the pool of small content is booked here.
 */
final class ContentPublisher {

  private final ContentIndex index;
  private final MetadataStore metadata;
  private final ContentFiles files;
  private final Directory directory;
  private final Pools pools;
  private final Pins pins;
  private final ImageRecords images;
  private final Departures departures;
  private final UseTracker uses;
  private final InstantSource clock;
  private final Interner<MediaType> mediaTypes;

  ContentPublisher(
      ContentIndex index,
      MetadataStore metadata,
      ContentFiles files,
      Directory directory,
      Pools pools,
      Pins pins,
      ImageRecords images,
      Departures departures,
      UseTracker uses,
      InstantSource clock,
      Interner<MediaType> mediaTypes) {
    this.index = index;
    this.metadata = metadata;
    this.files = files;
    this.directory = directory;
    this.pools = pools;
    this.pins = pins;
    this.images = images;
    this.departures = departures;
    this.uses = uses;
    this.clock = clock;
    this.mediaTypes = mediaTypes;
  }

  /** As {@link ContentStore#put}. */
  void put(Digest digest, byte[] body, MediaType mediaType, Origin origin, List<Link> links)
      throws IOException {
    Optional<MediaType> type = Optional.of(mediaTypes.intern(mediaType));
    Optional<List<Digest>> layers = ImageRecords.layers(body, type);
    Content content = new Content(digest, body.length, type, origin, links, layers);
    if (!noteIfResident(content)) {
      if (body.length <= ContentStore.SMALL_BYTES) {
        publishInline(content, body);
      } else {
        publishDocument(content, body);
      }
    }
    index.cacheBody(digest, body);
  }

  /** For content that is resident already: notes what is new about it. False if it is not. */
  boolean noteIfResident(Content content) throws StoreException {
    ContentEntry entry = index.get(content.digest);
    if (entry == null) {
      return false;
    }
    // A manifest may have been asked for as a blob first, where nothing tells its type.
    if (content.mediaType.isPresent() && entry.mediaType().isEmpty()) {
      learnType(content, entry);
    }
    directory.link(content.links);
    return true;
  }

  /**
   * Makes a synced file complete content.
   *
   * @param booked the caller's room, of which the content's size is taken and the rest freed
   */
  void publishFile(Content content, Path synced, long booked) throws IOException {
    ContentEntry entry = newEntry(content, /* inline= */ false);
    Batch batch = batch(content, entry);
    pools
        .large()
        .<IOException>exclusively(() -> {
          if (noteIfResident(content)) {
            Files.delete(synced);
            pools.large().free(booked);
            return;
          }
          boolean pinned = pins.isPinned(content.digest);
          files.publish(synced, content.digest);
          try {
            if (pinned) {
              files.syncFolders(List.of(content.digest));
            }
            directory.write(batch, content.links, pinned);
          } catch (IOException e) {
            files.deleteComplete(content.digest);
            throw e;
          }
          pools.large().free(booked - content.size);
          makeVisible(pools.large(), content, entry, pinned);
        });
    content.layers.ifPresent(layers -> images.known(content.digest, layers));
  }

  /** Makes bytes small content. */
  void publishInline(Content content, byte[] body) throws StoreException {
    pools.small().book(body.length);
    ContentEntry entry = newEntry(content, /* inline= */ true);
    Batch batch = batch(content, entry).put(Table.BODY, ContentStore.key(content.digest), body);
    try {
      pools
          .small()
          .exclusively(() -> {
            if (noteIfResident(content)) {
              pools.small().free(body.length);
              return;
            }
            boolean pinned = pins.isPinned(content.digest);
            directory.write(batch, content.links, pinned);
            makeVisible(pools.small(), content, entry, pinned);
          });
    } catch (StoreException e) {
      pools.small().free(body.length);
      throw e;
    }
    content.layers.ifPresent(layers -> images.known(content.digest, layers));
  }

  private void publishDocument(Content content, byte[] body) throws IOException {
    pools.fitToVolume();
    pools.large().book(body.length);
    try {
      Path document = files.newDocument(body);
      try {
        publishFile(content, document, body.length);
      } catch (IOException e) {
        Files.deleteIfExists(document);
        throw e;
      }
    } catch (IOException e) {
      pools.large().free(body.length);
      throw InsufficientSpaceException.orSame(e, content.digest);
    }
  }

  private void learnType(Content content, ContentEntry entry) throws StoreException {
    SpaceLedger<?> pool = pools.of(entry);
    boolean[] learnt = new boolean[1];
    pool.exclusively(() -> {
      if (index.get(content.digest) == entry) {
        content.mediaType.ifPresent(entry::learn);
        Batch batch =
            new Batch()
                .put(
                    Table.CONTENT,
                    ContentStore.key(content.digest),
                    ContentRow.encode(entry, pool.standing(content.digest)));
        content.layers.ifPresent(layers -> ImageRecords.put(batch, content.digest, layers));
        metadata.write(batch);
        learnt[0] = true;
      }
    });
    if (learnt[0]) {
      content.layers.ifPresent(layers -> images.known(content.digest, layers));
    }
  }

  /** Called under the lock of the pool. */
  private void makeVisible(
      SpaceLedger<?> pool, Content content, ContentEntry entry, boolean pinned) {
    entry.setPinned(pinned);
    index.put(content.digest, entry);
    pool.admitted(content.digest, content.size, pinned);
    departures.returned(content.digest);
    uses.noteArrival(content.digest);
  }

  private static Batch batch(Content content, ContentEntry entry) {
    Batch batch =
        new Batch()
            .came(content.digest)
            .put(
                Table.CONTENT,
                ContentStore.key(content.digest),
                ContentRow.encode(entry, Optional.empty()));
    content.layers.ifPresent(layers -> ImageRecords.put(batch, content.digest, layers));
    return batch;
  }

  private ContentEntry newEntry(Content content, boolean inline) {
    return new ContentEntry(
        content.size, inline, content.origin, content.mediaType, clock.instant().toEpochMilli());
  }

  /**
   * What is to be published.
   *
   * @param layers of an image manifest
   */
  record Content(
      Digest digest,
      long size,
      Optional<MediaType> mediaType,
      Origin origin,
      List<Link> links,
      Optional<List<Digest>> layers) {

    /** A blob, of which nothing is known but its bytes. */
    static Content blob(Digest digest, long size, Origin origin, List<Link> links) {
      return new Content(digest, size, Optional.empty(), origin, links, Optional.empty());
    }
  }
}

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
  private final InstantSource clock;
  private final Interner<MediaType> mediaTypes;

  ContentPublisher(
      ContentIndex index,
      MetadataStore metadata,
      ContentFiles files,
      Directory directory,
      Pools pools,
      InstantSource clock,
      Interner<MediaType> mediaTypes) {
    this.index = index;
    this.metadata = metadata;
    this.files = files;
    this.directory = directory;
    this.pools = pools;
    this.clock = clock;
    this.mediaTypes = mediaTypes;
  }

  /** As {@link ContentStore#put}. */
  void put(Digest digest, byte[] body, MediaType mediaType, Origin origin, List<Link> links)
      throws IOException {
    Optional<MediaType> type = Optional.of(mediaTypes.intern(mediaType));
    if (noteIfResident(digest, type, links)) {
      return;
    }
    if (body.length <= ContentStore.SMALL_BYTES) {
      publishInline(digest, body, type, origin, links);
    } else {
      publishDocument(digest, body, type, origin, links);
    }
    index.cacheBody(digest, body);
  }

  /** For content that is resident already: notes what is new about it. False if it is not. */
  boolean noteIfResident(Digest digest, Optional<MediaType> mediaType, List<Link> links)
      throws StoreException {
    ContentEntry entry = index.get(digest);
    if (entry == null) {
      return false;
    }
    // A manifest may have been asked for as a blob first, where nothing tells its type.
    if (mediaType.isPresent() && entry.mediaType().isEmpty()) {
      pools
          .of(entry)
          .exclusively(() -> {
            if (index.get(digest) == entry) {
              entry.learn(mediaType.get());
              metadata.write(
                  new Batch().put(Table.CONTENT, ContentStore.key(digest), entry.encoded()));
            }
          });
    }
    directory.link(links);
    return true;
  }

  /**
   * Makes a synced file complete content.
   *
   * @param booked the caller's room, of which the content's size is taken and the rest freed
   */
  void publishFile(
      Digest digest,
      Path synced,
      long size,
      long booked,
      Optional<MediaType> mediaType,
      Origin origin,
      List<Link> links)
      throws IOException {
    ContentEntry entry = newEntry(size, /* inline= */ false, origin, mediaType);
    Batch batch = new Batch().put(Table.CONTENT, ContentStore.key(digest), entry.encoded());
    pools
        .large()
        .<IOException>exclusively(() -> {
          if (noteIfResident(digest, mediaType, links)) {
            Files.delete(synced);
            pools.large().free(booked);
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
          pools.large().admitted(digest, size);
          pools.large().free(booked - size);
        });
  }

  /** Makes bytes small content. */
  void publishInline(
      Digest digest, byte[] body, Optional<MediaType> mediaType, Origin origin, List<Link> links)
      throws StoreException {
    pools.small().book(body.length);
    ContentEntry entry = newEntry(body.length, /* inline= */ true, origin, mediaType);
    Batch batch =
        new Batch()
            .put(Table.CONTENT, ContentStore.key(digest), entry.encoded())
            .put(Table.BODY, ContentStore.key(digest), body);
    try {
      pools
          .small()
          .exclusively(() -> {
            if (noteIfResident(digest, mediaType, links)) {
              pools.small().free(body.length);
              return;
            }
            directory.write(batch, links);
            index.put(digest, entry);
            pools.small().admitted(digest, body.length);
          });
    } catch (StoreException e) {
      pools.small().free(body.length);
      throw e;
    }
  }

  private void publishDocument(
      Digest digest, byte[] body, Optional<MediaType> mediaType, Origin origin, List<Link> links)
      throws IOException {
    pools.large().book(body.length);
    try {
      Path document = files.newDocument(body);
      try {
        publishFile(digest, document, body.length, body.length, mediaType, origin, links);
      } catch (IOException e) {
        Files.deleteIfExists(document);
        throw e;
      }
    } catch (IOException e) {
      pools.large().free(body.length);
      throw InsufficientSpaceException.orSame(e, digest);
    }
  }

  private ContentEntry newEntry(
      long size, boolean inline, Origin origin, Optional<MediaType> mediaType) {
    return new ContentEntry(size, inline, origin, mediaType, clock.instant().toEpochMilli());
  }
}

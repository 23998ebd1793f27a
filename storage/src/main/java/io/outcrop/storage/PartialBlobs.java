package io.outcrop.storage;

import io.outcrop.oci.Digest;
import io.outcrop.storage.ContentInfo.Origin;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The blobs that are growing, and their room in the pool of large content until they are complete.
 * Blocks on the disk; thread-safe, with one writer a digest at a time.
 */
final class PartialBlobs {

  private static final Logger LOG = LoggerFactory.getLogger(PartialBlobs.class);

  private final ContentFiles files;
  private final Pools pools;
  private final ContentPublisher publisher;
  private final RunningPartials running;
  private final Pins pins;
  private final OpenFiles openFiles;
  private final OpenFlag flag;

  PartialBlobs(
      ContentFiles files,
      Pools pools,
      ContentPublisher publisher,
      RunningPartials running,
      Pins pins,
      OpenFiles openFiles,
      OpenFlag flag) {
    this.files = files;
    this.pools = pools;
    this.publisher = publisher;
    this.running = running;
    this.pins = pins;
    this.openFiles = openFiles;
    this.flag = flag;
  }

  /** Begins a blob, or goes on where an earlier fill was cut. */
  PartialBlob begin(Digest digest) throws IOException {
    flag.check();
    long booked = pools.large().partialResumed(digest);
    try {
      BlobFile file = openFiles.add(digest, files.openPartial(digest), () -> {});
      try {
        PartialBlob partial = new PartialBlob(this, file, booked);
        running.add(partial);
        return partial;
      } catch (IOException e) {
        file.close();
        throw e;
      }
    } catch (IOException e) {
      delete(digest, booked);
      throw e;
    }
  }

  void book(long bytes) throws InsufficientSpaceException {
    pools.fitToVolume();
    pools.large().book(bytes);
  }

  /** As {@link PartialBlob#admits}. */
  boolean admits(PartialBlob partial, long totalSize, boolean wanted) {
    pools.fitToVolume();
    // What is larger than all there can be is not refused for its worth: it finds no room.
    if (totalSize <= ContentStore.SMALL_BYTES
        || totalSize > pools.large().usage().capacity()
        || pins.isPinned(partial.digest())) {
      return true;
    }
    return pools.large().admits(partial.digest(), totalSize, partial.booked(), wanted);
  }

  void publish(PartialBlob partial, Origin origin, List<Link> links) throws IOException {
    flag.check();
    ContentPublisher.Content content =
        ContentPublisher.Content.blob(partial.digest(), partial.length(), origin, links);
    if (publisher.noteIfResident(content)) {
      discard(partial);
    } else if (partial.length() <= ContentStore.SMALL_BYTES) {
      byte[] body = new byte[(int) partial.length()];
      ContentFiles.readFully(partial.file().channel(), body);
      publisher.publishInline(content, body);
      discard(partial);
    } else {
      partial.file().channel().force(true);
      running.remove(partial); // All of it is written.
      publisher.publishFile(content, files.partial(partial.digest()), partial.booked());
    }
  }

  /** Leaves a blob for a later fill, giving back the room that it does not take yet. */
  void suspend(PartialBlob partial) {
    if (partial.length() == 0) {
      discard(partial);
    } else {
      running.remove(partial);
      pools.large().free(partial.booked() - partial.length());
      pools.large().partialIdle(partial.digest(), partial.length());
    }
  }

  void discard(PartialBlob partial) {
    running.remove(partial);
    delete(partial.digest(), partial.booked());
  }

  private void delete(Digest digest, long booked) {
    try {
      files.deletePartial(digest);
    } catch (IOException e) {
      LOG.error("partial content {}: cannot be deleted: {}", digest, e.toString());
    }
    pools.large().free(booked);
  }
}

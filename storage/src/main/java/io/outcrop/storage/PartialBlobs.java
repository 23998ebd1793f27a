package io.outcrop.storage;

import io.outcrop.oci.Digest;
import io.outcrop.storage.ContentInfo.Origin;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Optional;
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
  private final OpenFlag flag;

  PartialBlobs(ContentFiles files, Pools pools, ContentPublisher publisher, OpenFlag flag) {
    this.files = files;
    this.pools = pools;
    this.publisher = publisher;
    this.flag = flag;
  }

  /** Begins a blob, or goes on where an earlier fill was cut. */
  PartialBlob begin(Digest digest) throws IOException {
    flag.check();
    long booked = pools.large().partialResumed(digest);
    try {
      FileChannel channel = files.openPartial(digest);
      try {
        return new PartialBlob(this, digest, channel, booked);
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      discard(digest, booked);
      throw e;
    }
  }

  void book(long bytes) throws InsufficientSpaceException {
    pools.large().book(bytes);
  }

  void publish(PartialBlob partial, long booked, Origin origin, List<Link> links)
      throws IOException {
    flag.check();
    Digest digest = partial.digest();
    if (publisher.noteIfResident(digest, Optional.empty(), links)) {
      discard(digest, booked);
    } else if (partial.length() <= ContentStore.SMALL_BYTES) {
      byte[] body = new byte[(int) partial.length()];
      ContentFiles.readFully(partial.file().channel(), body);
      publisher.publishInline(digest, body, Optional.empty(), origin, links);
      discard(digest, booked);
    } else {
      partial.file().channel().force(true);
      publisher.publishFile(
          digest, files.partial(digest), partial.length(), booked, Optional.empty(), origin, links);
    }
  }

  /** Leaves a blob for a later fill, giving back the room that it does not take yet. */
  void suspend(Digest digest, long length, long booked) {
    if (length == 0) {
      discard(digest, booked);
    } else {
      pools.large().free(booked - length);
      pools.large().partialIdle(digest, length);
    }
  }

  void discard(Digest digest, long booked) {
    try {
      files.deletePartial(digest);
    } catch (IOException e) {
      LOG.error("partial content {}: cannot be deleted: {}", digest, e.toString());
    }
    pools.large().free(booked);
  }
}

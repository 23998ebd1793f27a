package io.outcrop.proxy.refactor;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.fill.Fill;
import io.outcrop.proxy.fill.Fills;
import io.outcrop.proxy.fill.Incoming;
import io.outcrop.proxy.fill.Received;
import io.outcrop.proxy.upstream.UpstreamException;
import io.outcrop.refactor.build.ContentSink;
import io.outcrop.storage.BlobFile;
import io.outcrop.storage.ContentInfo.Origin;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.Link;
import io.outcrop.storage.LinkState;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Puts what is made into the store, as content that only those may read who may read what it was
 * made of. Thread-safe; blocks.
 */
final class StoreSink implements ContentSink {

  private static final int TRIES = 4;

  private final ContentStore store;
  private final Fills fills;
  private final WorkFiles files;
  private final Repository repository;
  private final Pace pace;

  /**
   * @param repository whose image it is made of
   */
  StoreSink(ContentStore store, Fills fills, WorkFiles files, Repository repository, Pace pace) {
    this.store = store;
    this.fills = fills;
    this.files = files;
    this.repository = repository;
    this.pace = pace;
  }

  @Override
  public boolean has(Digest digest) {
    return store.info(digest).isPresent();
  }

  @Override
  public InputStream open(Digest digest) throws IOException {
    if (store.isFile(digest)) {
      Optional<BlobFile> file = store.open(digest);
      if (file.isPresent()) {
        return pace.over(new BlobFileStream(file.get()));
      }
    }
    return new ByteArrayInputStream(
        store.bytes(digest).orElseThrow(() -> new NoSuchFileException(digest.toString())));
  }

  @Override
  public Pending begin() throws IOException {
    return files.begin(this::commit);
  }

  private void commit(Path file, Digest digest, long length, MediaType mediaType)
      throws IOException {
    for (int i = 0; i < TRIES; i++) {
      if (has(digest)) {
        store.directory().link(List.of(new Link(repository, digest, LinkState.PROVEN)));
        return;
      }
      try (FileChannel bytes = FileChannel.open(file)) {
        Received received =
            fills.receive(
                List.of(repository), digest, new Incoming(bytes, 0, length, Origin.PRIVATE));
        if (!(received instanceof Received.Busy)) {
          return;
        }
      }
      finish(digest);
    }
    throw new IOException(digest + " is evicted as fast as it is made");
  }

  /** Somebody else brings the same: that is as good. */
  private void finish(Digest digest) throws IOException {
    Optional<Fill> other = fills.running(digest);
    if (other.isEmpty()) {
      return;
    }
    try {
      fills.finish(other.get());
    } catch (UpstreamException e) {
      // Then it is brought from here.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}

package io.outcrop.proxy.refactor;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.Manifest;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.fill.ContentStream;
import io.outcrop.proxy.fill.Fill;
import io.outcrop.proxy.fill.Fills;
import io.outcrop.proxy.resolve.BlobService;
import io.outcrop.proxy.resolve.ServedBlob;
import io.outcrop.proxy.upstream.UpstreamException;
import io.outcrop.refactor.build.ContentSource;
import io.outcrop.storage.InsufficientSpaceException;
import io.outcrop.storage.cache.ReplacementPolicy;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The blobs that images are made of: as they are held, else as their upstream has them. */
final class Originals {

  private static final Logger LOG = LoggerFactory.getLogger(Originals.class);

  private final Fills fills;
  private final BlobService blobs;

  Originals(Fills fills, BlobService blobs) {
    this.fills = fills;
    this.blobs = blobs;
  }

  /** What a repository has, read at a pace. */
  ContentSource of(Repository repository, Pace pace) {
    return digest -> pace.over(open(repository, digest));
  }

  /**
   * Fetches what is missing of an image, in nobody's way. What does not come is no failure: it is
   * asked for again where it is read.
   */
  void fetchAhead(Repository repository, Manifest.Image image, Pace pace) throws IOException {
    for (Descriptor blob : blobs(image)) {
      pace.await();
      Optional<Fill> fill = fills.ahead(repository, blob.digest());
      try {
        if (fill.isPresent()) {
          fills.finish(fill.get());
        }
      } catch (UpstreamException | InsufficientSpaceException e) {
        LOG.debug("{} of {} is not fetched ahead: {}", blob.digest(), repository, e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
  }

  /** Begins to fetch all that is missing of an image, as somebody waits for it. */
  void fetchNow(Repository repository, Manifest.Image image) {
    for (Descriptor blob : blobs(image)) {
      var _ = fills.toKeep(repository, blob.digest());
    }
  }

  /**
   * Checks that a repository may read all that an image consists of: a manifest may name what its
   * author could not read.
   *
   * @throws UpstreamException if it may not, or its upstream cannot be asked
   */
  void checkReadable(Repository repository, Manifest.Image image)
      throws UpstreamException, IOException {
    for (Descriptor blob : blobs(image)) {
      var _ = blobs.size(repository, blob.digest());
    }
  }

  private static List<Descriptor> blobs(Manifest.Image image) {
    return image.children().filter(blob -> blob.urls().isEmpty()).toList();
  }

  private InputStream open(Repository repository, Digest digest) throws IOException {
    try {
      return switch (blobs.get(repository, digest, ReplacementPolicy.UNKNOWN_CLIENT)) {
        case ServedBlob.InMemory small -> new ByteArrayInputStream(small.bytes());
        case ServedBlob.InFile large -> new ContentStream(large.content());
      };
    } catch (UpstreamException e) {
      throw new OriginalMissingException(
          "blob " + digest + " of " + repository + ": " + e.getMessage(), e);
    }
  }
}

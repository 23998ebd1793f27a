package io.outcrop.proxy.refactor;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.fill.BlobSource;
import io.outcrop.proxy.upstream.BlobStream;
import io.outcrop.proxy.upstream.UpstreamException;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.DerivedImage.Kind;
import io.outcrop.storage.StoreException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.Optional;

/**
 * Where blobs come from that are not here: what was made here is made again, for all who want it at
 * once; the rest is at the upstreams. So to whoever asks, a layer that is rebuilt is one more on
 * its way. Thread-safe; blocks.
 */
final class MadeBlobs implements BlobSource {

  private final ContentStore store;
  private final MadeImages images;
  private final BlobSource upstreams;
  private final LayerRebuilds rebuilds;

  MadeBlobs(ContentStore store, MadeImages images, BlobSource upstreams, LayerRebuilds rebuilds) {
    this.store = store;
    this.images = images;
    this.upstreams = upstreams;
    this.rebuilds = rebuilds;
  }

  @Override
  public BlobStream open(Repository repository, Digest digest, long offset)
      throws UpstreamException {
    try {
      Optional<MadeImages.Owned> owned = images.find(repository, digest);
      if (owned.isEmpty()) {
        return upstreams.open(repository, digest, offset);
      }
      if (owned.get().part().kind() == Kind.LAYER) {
        return rebuilds.open(repository, owned.get(), offset);
      }
      Optional<byte[]> document = store.derived().document(digest);
      if (document.isPresent()) {
        byte[] bytes = document.get();
        int from = (int) Math.min(offset, bytes.length);
        return new MadeStream(
            Channels.newChannel(new ByteArrayInputStream(bytes, from, bytes.length - from)),
            from,
            bytes.length,
            () -> {});
      }
      return upstreams.open(repository, digest, offset);
    } catch (StoreException e) {
      throw new UpstreamException.Unavailable("blob " + digest + ": " + e.getMessage());
    } catch (IOException e) {
      throw new UpstreamException.Unavailable(
          "blob " + digest + " of " + repository + " cannot be made again: " + e.getMessage());
    }
  }
}

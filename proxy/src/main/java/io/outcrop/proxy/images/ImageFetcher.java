package io.outcrop.proxy.images;

import io.outcrop.proxy.fill.Fill;
import io.outcrop.proxy.fill.Fills;
import io.outcrop.proxy.jobs.Progress;
import io.outcrop.proxy.resolve.BlobService;
import io.outcrop.proxy.resolve.ManifestService;
import io.outcrop.proxy.upstream.UpstreamException;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.cache.ReplacementPolicy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Makes all of an image resident, as if a client had asked for each part. Thread-safe. */
public final class ImageFetcher {

  private static final int AT_ONCE = 3;

  private final ContentStore store;
  private final Fills fills;
  private final ManifestService manifests;
  private final BlobService blobs;

  /** Fetches what a store does not hold. */
  public ImageFetcher(
      ContentStore store, Fills fills, ManifestService manifests, BlobService blobs) {
    this.store = store;
    this.fills = fills;
    this.manifests = manifests;
    this.blobs = blobs;
  }

  /**
   * Fetches what is missing of an image, a few parts at once, in their order. What one part lacks
   * does not keep the others back, unless it would be lacked by all. Blocks.
   *
   * @throws UpstreamException if a part cannot be had
   * @throws IOException if a part cannot be kept
   */
  void fetch(ImageParts image) throws UpstreamException, IOException, InterruptedException {
    Run run = new Run(image);
    List<Future<?>> workers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < AT_ONCE; i++) {
        workers.add(
            threads.submit(() -> {
              run.work();
              return null;
            }));
      }
      try {
        for (Future<?> worker : workers) {
          worker.get();
        }
      } catch (ExecutionException e) {
        throw new IllegalStateException("fetching " + image.root() + " failed here", e.getCause());
      } finally {
        // Also where this thread was interrupted: then nobody wants the rest.
        workers.forEach(worker -> worker.cancel(true));
      }
    }
    run.throwFirstFailure();
  }

  /** How much of an image is here, and on its way. */
  Progress progress(ImageParts image) {
    int pieces = 0;
    long bytes = 0;
    for (ImagePart part : image.parts()) {
      if (store.info(part.digest()).isPresent()) {
        pieces++;
        bytes += part.size();
      } else {
        bytes +=
            Math.min(part.size(), fills.running(part.digest()).map(Fill::available).orElse(0L));
      }
    }
    return new Progress(pieces, image.parts().size(), bytes, image.bytes());
  }

  private void hold(ImageParts image, ImagePart part)
      throws UpstreamException, IOException, InterruptedException {
    if (part.kind().isDocument()) {
      var _ = manifests.get(image.repository(), part.digest(), ReplacementPolicy.UNKNOWN_CLIENT);
      if (store.info(part.digest()).isEmpty()) {
        throw new IOException("manifest " + part.digest() + " is not kept: see the log");
      }
    } else {
      blobs.hold(image.repository(), part.digest());
    }
  }

  /** One image being fetched. Thread-safe. */
  private final class Run {

    private final ImageParts image;
    private final Iterator<ImagePart> left;
    private final List<Exception> failures = new ArrayList<>();
    private boolean hopeless;

    Run(ImageParts image) {
      this.image = image;
      this.left = image.parts().iterator();
    }

    void work() throws InterruptedException {
      while (true) {
        ImagePart part;
        synchronized (this) {
          if (hopeless || !left.hasNext()) {
            return;
          }
          part = left.next();
        }
        try {
          hold(image, part);
        } catch (UpstreamException.NotFound | UpstreamException.Invalid e) {
          failed(e, false);
        } catch (UpstreamException | IOException e) {
          failed(e, true);
        }
      }
    }

    private synchronized void failed(Exception e, boolean ofAll) {
      failures.add(e);
      hopeless |= ofAll;
    }

    synchronized void throwFirstFailure() throws UpstreamException, IOException {
      if (failures.isEmpty()) {
        return;
      }
      switch (failures.getFirst()) {
        case UpstreamException e -> throw e;
        case IOException e -> throw e;
        default -> throw new IllegalStateException(failures.getFirst());
      }
    }
  }
}

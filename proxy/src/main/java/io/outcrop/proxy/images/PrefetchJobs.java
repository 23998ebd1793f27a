package io.outcrop.proxy.images;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Tag;
import io.outcrop.proxy.jobs.Job;
import io.outcrop.proxy.jobs.JobWork;
import io.outcrop.proxy.jobs.Jobs;
import io.outcrop.proxy.jobs.Progress;
import io.outcrop.proxy.names.ImageReference;
import io.outcrop.proxy.resolve.ManifestService;
import io.outcrop.proxy.upstream.UpstreamException;
import io.outcrop.storage.cache.ReplacementPolicy;
import java.io.IOException;

/** Fetches images that an operator wants to be here soon, though not for good. Thread-safe. */
public final class PrefetchJobs {

  private static final String KIND = "prefetch";

  private final ManifestService manifests;
  private final ImageGraph graph;
  private final ImageFetcher fetcher;
  private final Jobs jobs;

  /** Fetches by jobs. */
  public PrefetchJobs(
      ManifestService manifests, ImageGraph graph, ImageFetcher fetcher, Jobs jobs) {
    this.manifests = manifests;
    this.graph = graph;
    this.fetcher = fetcher;
    this.jobs = jobs;
  }

  /**
   * Begins to fetch what is missing of an image. Blocks until it is known what that is.
   *
   * @throws ImageException if it is not for any of these platforms, or cannot be read
   * @throws UpstreamException if it is not held and cannot be had
   */
  public Job start(ImageReference image, Platforms platforms)
      throws ImageException, UpstreamException, IOException {
    Digest root =
        switch (image.reference()) {
          case Digest digest -> digest;
          case Tag tag ->
              manifests.get(image.repository(), tag, ReplacementPolicy.UNKNOWN_CLIENT).digest();
        };
    ImageParts parts = graph.fetched(image.repository(), root, platforms);
    return jobs.start(KIND, image + " " + platforms, () -> new Fetching(parts));
  }

  private final class Fetching implements JobWork {

    private final ImageParts parts;

    Fetching(ImageParts parts) {
      this.parts = parts;
    }

    @Override
    public void run() throws UpstreamException, IOException, InterruptedException {
      fetcher.fetch(parts);
    }

    @Override
    public Progress progress() {
      return fetcher.progress(parts);
    }
  }
}

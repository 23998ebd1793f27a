package io.outcrop.proxy.repair;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.fill.Fill;
import io.outcrop.proxy.fill.Fills;
import io.outcrop.proxy.upstream.UpstreamException;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.Damaged;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One attempt to get damaged content again, from whichever repository has it. Blocks. */
final class Refetch {

  private static final Logger LOG = LoggerFactory.getLogger(Refetch.class);

  /** What an attempt came to. */
  sealed interface Result {

    /** It is here again. */
    record Here() implements Result {}

    /** Every repository that had it says that it is gone. */
    record Gone() implements Result {}

    /**
     * It cannot be had now.
     *
     * @param why what stands in the way
     * @param slowly whether that is not likely to change soon
     * @param notBefore when an upstream says it may be asked again, from now
     */
    record Later(String why, boolean slowly, Optional<Duration> notBefore) implements Result {}
  }

  private final ContentStore store;
  private final Fills fills;
  private final ManifestSource manifests;

  Refetch(ContentStore store, Fills fills, ManifestSource manifests) {
    this.store = store;
    this.fills = fills;
    this.manifests = manifests;
  }

  /** Tries one repository after the other. */
  Result run(Damaged damaged, List<Repository> repositories) throws InterruptedException {
    Optional<Result.Later> obstacle = Optional.empty();
    for (Repository repository : repositories) {
      if (isHere(damaged.content())) {
        break;
      }
      try {
        fetch(repository, damaged);
      } catch (UpstreamException.NotFound e) {
        LOG.debug("{} is no longer in {}", damaged.content(), repository);
      } catch (UpstreamException e) {
        obstacle = Optional.of(sooner(obstacle, obstacle(e)));
      } catch (IOException e) {
        obstacle = Optional.of(new Result.Later(String.valueOf(e.getMessage()), true, none()));
      }
    }
    if (isHere(damaged.content())) {
      return new Result.Here();
    }
    return obstacle.isPresent() ? obstacle.get() : new Result.Gone();
  }

  private void fetch(Repository repository, Damaged damaged)
      throws UpstreamException, IOException, InterruptedException {
    Digest digest = damaged.content();
    if (damaged.info().mediaType().isPresent()) {
      manifests.fetch(repository, digest);
    } else {
      Optional<Fill> fill = fills.ahead(repository, digest);
      if (fill.isPresent()) {
        fills.finish(fill.get());
      }
    }
    if (!isHere(digest)) {
      throw new IOException(digest + " came from " + repository + " and could not be kept");
    }
  }

  private boolean isHere(Digest digest) {
    return store.info(digest).isPresent();
  }

  private static Result.Later obstacle(UpstreamException e) {
    String why = String.valueOf(e.getMessage());
    return switch (e) {
      case UpstreamException.RateLimited limited ->
          new Result.Later(why, false, Optional.of(limited.retryAfter()));
      case UpstreamException.Unavailable _, UpstreamException.NotFound _ ->
          new Result.Later(why, false, none());
      // Credentials and broken registries are mended by people.
      case UpstreamException.Denied _, UpstreamException.Invalid _ ->
          new Result.Later(why, true, none());
    };
  }

  /** Of two obstacles the one that goes away sooner, as one repository is enough. */
  private static Result.Later sooner(Optional<Result.Later> before, Result.Later now) {
    return before.filter(earlier -> !earlier.slowly() || now.slowly()).orElse(now);
  }

  private static Optional<Duration> none() {
    return Optional.empty();
  }
}

package io.outcrop.proxy.fill;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.upstream.UpstreamException;
import io.outcrop.storage.ContentInfo.Origin;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.InsufficientSpaceException;
import io.outcrop.storage.cache.LinkEstimate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The blobs on their way here: one fill a digest, whoever asks under whatever name. Thread-safe.
 */
public final class Fills implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Fills.class);
  private static final int CHUNK_BYTES = 256 << 10;
  private static final int KEPT_CHUNKS = 16;
  private static final int CLOSE_SECONDS = 5;

  private final ContentStore store;
  private final BlobSource source;
  private final FillEvents events;
  private final LinkEstimate link;
  private final ConcurrentHashMap<Digest, Fill> running = new ConcurrentHashMap<>();
  private final ClientTraffic traffic = new ClientTraffic();
  // Direct buffers are freed by the collector only, so they are used again rather than made anew.
  private final Queue<ByteBuffer> chunks = new ConcurrentLinkedQueue<>();
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("fill-", 0).factory());

  /**
   * Fills a store from a source.
   *
   * @param link told how the source answers
   */
  public Fills(ContentStore store, BlobSource source, FillEvents events, LinkEstimate link) {
    this.store = store;
    this.source = source;
    this.events = events;
    this.link = link;
  }

  /** The fills under way. */
  public Collection<Fill> running() {
    return Collections.unmodifiableCollection(running.values());
  }

  /** The fill of a digest, if it is under way. */
  public Optional<Fill> running(Digest digest) {
    return Optional.ofNullable(running.get(digest));
  }

  /**
   * The fill of a digest: the one under way, or a new one. Counts as one client that asks for it.
   *
   * @return empty if it has become resident meanwhile
   */
  public Optional<Fill> ensure(Repository repository, Digest digest) {
    return ensure(repository, digest, Fill::ask);
  }

  /**
   * The fill of a digest that is to be kept whatever its size.
   *
   * @return empty if it has become resident meanwhile
   */
  public Optional<Fill> toKeep(Repository repository, Digest digest) {
    return ensure(repository, digest, Fill::keep);
  }

  private Optional<Fill> ensure(Repository repository, Digest digest, Predicate<Fill> join) {
    return Optional.ofNullable(
        running.compute(
            digest,
            (key, current) -> {
              if (current != null && join.test(current)) {
                return current;
              }
              if (store.info(key).isPresent()) {
                return null;
              }
              Fill fill = new Fill(repository, key);
              var _ = join.test(fill);
              return begin(fill, Optional.ofNullable(current));
            }));
  }

  /**
   * Begins the fill of a digest that no client has asked for: it waits where clients wait for bytes
   * of others, and takes room only where the content is worth it.
   *
   * @return the fill under way, whoever began it; empty if the content is resident
   */
  public Optional<Fill> ahead(Repository repository, Digest digest) {
    return Optional.ofNullable(
        running.computeIfAbsent(
            digest,
            key ->
                store.info(key).isPresent()
                    ? null
                    : begin(new Fill(repository, key), Optional.empty())));
  }

  /** Whether bytes that clients wait for have come within the last moment. */
  public boolean clientsAreServed() {
    return !traffic.untilQuiet().isZero();
  }

  /**
   * Waits until a fill has ended.
   *
   * @throws UpstreamException if the blob did not come
   * @throws InsufficientSpaceException if it came and is not kept
   * @throws IOException if it could not be dealt with here
   */
  public void finish(Fill fill) throws UpstreamException, IOException, InterruptedException {
    Fill.Outcome outcome;
    try {
      outcome = fill.ended().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the end of a fill never fails", e);
    }
    if (outcome.failure().isPresent()) {
      throw asItIs(fill, outcome.failure().get());
    }
    if (outcome.whyUnkept().isPresent()) {
      throw new InsufficientSpaceException(
          "blob " + fill.digest() + " is not kept: " + outcome.whyUnkept().get());
    }
  }

  /**
   * Waits until the upstream has answered, and joins.
   *
   * @return empty if the fill has ended well meanwhile
   * @throws UpstreamException if the blob cannot be had
   */
  public Optional<BlobContent> join(Fill fill) throws UpstreamException, IOException {
    Optional<BlobContent> content = fill.join(await(fill));
    if (content.isEmpty() && fill.failure().orElse(null) instanceof UpstreamException e) {
      throw e;
    }
    return content;
  }

  /**
   * Waits until the upstream has answered, and tells who may read the blob there.
   *
   * @throws UpstreamException if the blob cannot be had
   */
  public Origin origin(Fill fill) throws UpstreamException, IOException {
    return await(fill).origin();
  }

  private Fill.Started await(Fill fill) throws UpstreamException, IOException {
    try {
      return fill.started().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UpstreamException.Unavailable("interrupted while waiting for " + fill.digest());
    } catch (ExecutionException e) {
      // Its own thread may not have come to that yet, and nobody is to find it again.
      running.remove(fill.digest(), fill);
      throw asItIs(fill, e.getCause());
    }
  }

  /** Throws what was the cause, where callers know what to do with it. */
  private static IllegalStateException asItIs(Fill fill, @Nullable Throwable cause)
      throws UpstreamException, IOException {
    return switch (cause) {
      case UpstreamException known -> throw known;
      case IOException here -> throw here;
      case null, default ->
          new IllegalStateException("fill of " + fill.digest() + " failed", cause);
    };
  }

  /**
   * Takes in a blob that somebody brings, and lets whoever wants it meanwhile follow it. Blocks.
   *
   * @param repositories where it is from, one at least
   * @throws io.outcrop.storage.DigestMismatchException if the bytes are wrong; none are kept
   * @throws io.outcrop.storage.InsufficientSpaceException if it cannot be kept
   * @throws IOException if the bytes do not come as they should, or the disk fails; those that came
   *     are kept, for a later try to go on behind
   */
  public Received receive(List<Repository> repositories, Digest digest, Incoming incoming)
      throws IOException {
    Fill fill = new Fill(repositories.getFirst(), digest);
    var _ = fill.keep();
    if (running.putIfAbsent(digest, fill) != null) {
      return new Received.Busy();
    }
    try {
      return withChunk(chunk -> new Intake(fill, store, repositories, incoming).run(chunk));
    } finally {
      running.remove(digest, fill);
      fill.end();
    }
  }

  /** Stops all fills; what they have is kept for a later run. */
  @Override
  public void close() {
    threads.shutdownNow();
    try {
      if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("fills still running after {} s are left behind", CLOSE_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The blob, if it is here, or flows into a file. Never waits. */
  private Optional<BlobContent> atHand(Digest digest) {
    Optional<BlobContent> flowing = running(digest).flatMap(Fill::joinIfFlowing);
    return flowing.isPresent()
        ? flowing
        : store
            .info(digest)
            .flatMap(
                info -> store.open(digest).map(file -> new ResidentContent(file, info.size())));
  }

  /**
   * @param before a fill of the same digest that is on its way out; two never write at a time
   */
  private Fill begin(Fill fill, Optional<Fill> before) {
    try {
      threads.execute(() -> run(fill, before));
    } catch (RejectedExecutionException e) {
      fill.fail(new UpstreamException.Unavailable("shutting down"));
      fill.end();
    }
    return fill;
  }

  private void run(Fill fill, Optional<Fill> before) {
    try {
      if (before.isPresent()) {
        var _ = before.get().ended().get();
      }
      Elsewhere elsewhere = new Elsewhere(source, link, traffic, () -> atHand(fill.digest()));
      var _ =
          withChunk(chunk -> {
            new FillWorker(fill, store, elsewhere, events).run(chunk);
            return fill;
          });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fill.fail(new UpstreamException.Unavailable("shutting down"));
    } catch (ExecutionException e) {
      throw new IllegalStateException("the end of a fill never fails", e);
    } catch (Error e) {
      // Out of memory, most likely; those who wait must not do so for ever.
      fill.fail(new IOException("fill of " + fill.digest() + " failed here: " + e, e));
      throw e;
    } finally {
      running.remove(fill.digest(), fill);
      fill.end();
    }
  }

  private <T, E extends Exception> T withChunk(Work<T, E> work) throws E {
    ByteBuffer chunk =
        Optional.ofNullable(chunks.poll()).orElseGet(() -> ByteBuffer.allocateDirect(CHUNK_BYTES));
    try {
      return work.run(chunk);
    } finally {
      if (chunks.size() < KEPT_CHUNKS) {
        chunks.add(chunk);
      }
    }
  }

  private interface Work<T, E extends Exception> {
    T run(ByteBuffer chunk) throws E;
  }
}

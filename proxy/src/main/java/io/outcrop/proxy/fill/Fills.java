package io.outcrop.proxy.fill;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.upstream.UpstreamException;
import io.outcrop.storage.ContentInfo.Origin;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.cache.LinkEstimate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
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
  // Direct buffers are freed by the collector only, so they are used again rather than made anew.
  private final Queue<ByteBuffer> chunks = new ConcurrentLinkedQueue<>();
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("fill-", 0).factory());

  /**
   * Fills a store from a source.
   *
   * @param link learns how fast the source is
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
   * The fill of a digest: the one under way, or a new one. Counts as one who asks for it.
   *
   * @return empty if it has become resident meanwhile
   */
  public Optional<Fill> ensure(Repository repository, Digest digest) {
    return Optional.ofNullable(
        running.compute(
            digest,
            (key, current) -> {
              if (current != null && current.ask()) {
                return current;
              }
              return store.info(key).isPresent()
                  ? null
                  : begin(repository, key, Optional.ofNullable(current));
            }));
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
      switch (e.getCause()) {
        case UpstreamException known -> throw known;
        case IOException here -> throw here;
        case null, default ->
            throw new IllegalStateException("fill of " + fill.digest() + " failed", e);
      }
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
  private Fill begin(Repository repository, Digest digest, Optional<Fill> before) {
    Fill fill = new Fill(repository, digest);
    try {
      threads.execute(() -> run(fill, before));
    } catch (RejectedExecutionException e) {
      fill.fail(new UpstreamException.Unavailable("shutting down"));
    }
    return fill;
  }

  private void run(Fill fill, Optional<Fill> before) {
    try {
      if (before.isPresent()) {
        before.get().awaitEnd();
      }
      ByteBuffer chunk = Optional.ofNullable(chunks.poll()).orElseGet(Fills::newChunk);
      Elsewhere elsewhere = new Elsewhere(source, link, () -> atHand(fill.digest()));
      new FillWorker(fill, store, elsewhere, events).run(chunk);
      if (chunks.size() < KEPT_CHUNKS) {
        chunks.add(chunk);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fill.fail(new UpstreamException.Unavailable("shutting down"));
    } catch (Error e) {
      // Out of memory, most likely; those who wait must not do so for ever.
      fill.fail(new IOException("fill of " + fill.digest() + " failed here: " + e, e));
      throw e;
    } finally {
      running.remove(fill.digest(), fill);
      fill.end();
    }
  }

  private static ByteBuffer newChunk() {
    return ByteBuffer.allocateDirect(CHUNK_BYTES);
  }
}

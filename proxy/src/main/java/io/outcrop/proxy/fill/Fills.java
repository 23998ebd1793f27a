package io.outcrop.proxy.fill;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.upstream.UpstreamException;
import io.outcrop.storage.ContentInfo.Origin;
import io.outcrop.storage.ContentStore;
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
  private final ConcurrentHashMap<Digest, Fill> running = new ConcurrentHashMap<>();
  // Direct buffers are freed by the collector only, so they are used again rather than made anew.
  private final Queue<ByteBuffer> chunks = new ConcurrentLinkedQueue<>();
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("fill-", 0).factory());

  /** Fills a store from a source. */
  public Fills(ContentStore store, BlobSource source, FillEvents events) {
    this.store = store;
    this.source = source;
    this.events = events;
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
   * The fill of a digest: the one under way, or a new one.
   *
   * @return empty if it has become resident meanwhile
   */
  public Optional<Fill> ensure(Repository repository, Digest digest) {
    return Optional.ofNullable(
        running.computeIfAbsent(
            digest, key -> store.info(key).isPresent() ? null : begin(repository, key)));
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

  private Fill begin(Repository repository, Digest digest) {
    Fill fill = new Fill(repository, digest);
    try {
      threads.execute(() -> run(fill));
    } catch (RejectedExecutionException e) {
      fill.fail(new UpstreamException.Unavailable("shutting down"));
    }
    return fill;
  }

  private void run(Fill fill) {
    try {
      ByteBuffer chunk = Optional.ofNullable(chunks.poll()).orElseGet(Fills::newChunk);
      new FillWorker(fill, store, source, events).run(chunk);
      if (chunks.size() < KEPT_CHUNKS) {
        chunks.add(chunk);
      }
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

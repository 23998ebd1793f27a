package io.outcrop.proxy.refactor;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.proxy.upstream.UpstreamException;
import io.outcrop.refactor.build.ContentSink;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Layers that have been made again, in files, for those who are about to take them. The last few
 * stay a while: where the store has no room for one, each client reads it from here by itself.
 * Thread-safe.
 */
final class RebuiltFiles implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RebuiltFiles.class);
  private static final int MOST_IDLE = 4;

  /** Takes nothing. */
  static final ContentSink NOWHERE =
      new ContentSink() {
        @Override
        public boolean has(Digest digest) {
          return false;
        }

        @Override
        public Pending begin() throws IOException {
          throw new IOException("nothing is kept here");
        }

        @Override
        public InputStream open(Digest digest) throws IOException {
          throw new java.nio.file.NoSuchFileException(digest.toString());
        }
      };

  /** Makes a layer. */
  interface Maker {
    void make(SingleSink sink) throws UpstreamException, IOException;
  }

  private final WorkFiles files;
  // Guarded by this; those used last are at the end.
  private final Map<Digest, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
  private boolean closed;

  RebuiltFiles(WorkFiles files) {
    this.files = files;
  }

  /** Opens a layer; the first who wants it makes it, and the others wait. */
  Use open(Digest digest, Maker maker) throws UpstreamException, IOException {
    Kept mine;
    boolean first;
    synchronized (this) {
      if (closed) {
        throw new IOException("shutting down");
      }
      first = !kept.containsKey(digest);
      mine = kept.computeIfAbsent(digest, Kept::new);
      mine.users++;
    }
    if (first) {
      make(mine, maker);
    }
    try {
      return new Use(mine, FileChannel.open(mine.file.get()));
    } catch (InterruptedException e) {
      leave(mine);
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      leave(mine);
      switch (e.getCause()) {
        case UpstreamException known -> throw known;
        case IOException here -> throw here;
        case null, default -> throw new IllegalStateException("making a layer failed", e);
      }
    } catch (IOException e) {
      leave(mine);
      throw e;
    }
  }

  private void make(Kept mine, Maker maker) {
    try {
      SingleSink sink = new SingleSink(mine.digest);
      maker.make(sink);
      mine.file.complete(sink.made());
    } catch (UpstreamException | IOException | RuntimeException e) {
      forget(mine);
      mine.file.completeExceptionally(e);
    } catch (Error e) {
      forget(mine);
      mine.file.completeExceptionally(e);
      throw e;
    }
  }

  private synchronized void forget(Kept failed) {
    kept.remove(failed.digest, failed);
  }

  private synchronized void leave(Kept left) {
    left.users--;
    long idle = kept.values().stream().filter(one -> one.users == 0).count();
    var all = kept.values().iterator();
    while (all.hasNext() && (idle > MOST_IDLE || closed)) {
      Kept one = all.next();
      if (one.users == 0) {
        all.remove();
        one.delete();
        idle--;
      }
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    kept.values().stream().filter(one -> one.users == 0).forEach(Kept::delete);
    kept.values().removeIf(one -> one.users == 0);
  }

  /** A layer in use. */
  final class Use implements AutoCloseable {
    private final Kept layer;
    private final FileChannel channel;

    private Use(Kept layer, FileChannel channel) {
      this.layer = layer;
      this.channel = channel;
    }

    FileChannel channel() {
      return channel;
    }

    /** Once only. */
    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        LOG.debug("closing the file of {}: {}", layer.digest, e.toString());
      } finally {
        leave(layer);
      }
    }
  }

  /** Takes one layer, and no other. */
  final class SingleSink implements ContentSink {
    private final Digest digest;
    private final Path target;

    private SingleSink(Digest digest) {
      this.digest = digest;
      this.target = files.folder().resolve("rebuilt-" + digest.hex());
    }

    private Path made() throws IOException {
      if (!Files.exists(target)) {
        throw new IOException("it came out otherwise than it was");
      }
      return target;
    }

    @Override
    public boolean has(Digest wanted) {
      return false;
    }

    @Override
    public Pending begin() throws IOException {
      return files.begin(this::take);
    }

    private void take(Path file, Digest made, long length, MediaType mediaType) throws IOException {
      if (made.equals(digest)) {
        Files.move(file, target, StandardCopyOption.REPLACE_EXISTING);
      }
    }

    @Override
    public InputStream open(Digest wanted) throws IOException {
      return NOWHERE.open(wanted);
    }
  }

  private static final class Kept {
    private final Digest digest;
    private final CompletableFuture<Path> file = new CompletableFuture<>();
    private int users;

    Kept(Digest digest) {
      this.digest = digest;
    }

    private void delete() {
      try {
        if (file.isDone() && !file.isCompletedExceptionally()) {
          Files.deleteIfExists(file.getNow(Path.of("")));
        }
      } catch (IOException e) {
        LOG.warn("the file of layer {} cannot be deleted: {}", digest, e.toString());
      }
    }
  }
}

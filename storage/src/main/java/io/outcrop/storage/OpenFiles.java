package io.outcrop.storage;

import io.outcrop.oci.Digest;
import java.nio.channels.FileChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/**
 * The files that are open for readers, so that those who read damaged content can be told to stop.
 * Thread-safe; opening and closing take no lock that readers of other content share.
 */
final class OpenFiles {

  private final Set<BlobFile> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong opened = new AtomicLong();
  private final BiConsumer<Digest, Throwable> onFailure;

  /**
   * @param onFailure told why a reader could not read on; must not block
   */
  OpenFiles(BiConsumer<Digest, Throwable> onFailure) {
    this.onFailure = onFailure;
  }

  /** Takes an open file into the list until its last user closes it. */
  BlobFile add(Digest digest, FileChannel channel, Runnable onLastClose) {
    BlobFile file =
        new BlobFile(
            digest,
            opened.incrementAndGet(),
            channel,
            self -> {
              open.remove(self);
              onLastClose.run();
            },
            cause -> onFailure.accept(digest, cause));
    open.add(file);
    return file;
  }

  /** Stands for this instant among those at which files were opened. */
  long mark() {
    return opened.get();
  }

  /**
   * Tells all who read some content that it must not be used any more.
   *
   * @param upTo only files opened before this {@link #mark}: the same content may be on its way
   *     here again already
   */
  void revoke(Digest digest, long upTo) {
    for (BlobFile file : open) {
      if (file.number() <= upTo && file.digest().equals(digest)) {
        file.revoke();
      }
    }
  }
}

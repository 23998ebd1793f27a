package io.outcrop.proxy.fill;

import java.nio.channels.FileChannel;
import java.util.Optional;

/**
 * The bytes of a blob as one reader sees them: there already, or still growing. Closed by the
 * reader when done. Thread-safe, never blocking.
 */
public interface BlobContent extends AutoCloseable {

  /** Length of the whole blob in bytes. */
  long size();

  /** The offset up to which {@link #channel} may be read now; never shrinks. */
  long available();

  /**
   * The file with the bytes. To be read at explicit positions below {@link #available} only, and
   * not to be closed.
   */
  FileChannel channel();

  /** Why no further bytes will become available, if so. */
  Optional<Exception> failure();

  /**
   * Whether the bytes turned out to be wrong, those already available too: nothing more of them may
   * be passed on.
   */
  boolean isRevoked();

  /** Tells that bytes which are available could not be read, so that it is seen to. */
  void readFailed(Throwable cause);

  /** Where the bytes behind {@link #available} come from, if they are no longer kept on disk. */
  Optional<Detour> detour();

  /**
   * Asks to be told, from any thread and as long as this is open, when what the methods above
   * answer has changed. The listener must be quick. At most one.
   */
  void onProgress(Runnable listener);

  @Override
  void close();
}

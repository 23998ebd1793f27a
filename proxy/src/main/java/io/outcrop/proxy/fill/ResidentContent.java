package io.outcrop.proxy.fill;

import io.outcrop.storage.BlobFile;
import java.nio.channels.FileChannel;
import java.util.Optional;

/**
 * A blob that is all there.
 *
 * @param file its file, closed with this
 * @param size its length in bytes
 */
public record ResidentContent(BlobFile file, long size) implements BlobContent {

  @Override
  public long available() {
    return size;
  }

  @Override
  public FileChannel channel() {
    return file.channel();
  }

  @Override
  public Optional<Exception> failure() {
    return Optional.empty();
  }

  @Override
  public boolean isRevoked() {
    return file.isRevoked();
  }

  @Override
  public void readFailed(Throwable cause) {
    file.failed(cause);
  }

  @Override
  public Optional<Detour> detour() {
    return Optional.empty();
  }

  @Override
  public void onProgress(Runnable listener) {
    file.onRevoked(listener); // Nothing else ever changes.
  }

  @Override
  public void close() {
    file.close();
  }
}

package io.outcrop.proxy.refactor;

import io.outcrop.proxy.upstream.BlobStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;

/** Bytes that were made here, as they would come from an upstream. */
final class MadeStream implements BlobStream {

  private static final URI HERE = URI.create("outcrop:refactor");

  private final ReadableByteChannel bytes;
  private final long offset;
  private final long total;
  private final Runnable onClose;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * @param bytes those behind the offset
   * @param onClose run once
   */
  MadeStream(ReadableByteChannel bytes, long offset, long total, Runnable onClose) {
    this.bytes = bytes;
    this.offset = offset;
    this.total = total;
    this.onClose = onClose;
  }

  @Override
  public OptionalLong totalSize() {
    return OptionalLong.of(total);
  }

  @Override
  public long offset() {
    return offset;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    return bytes.read(target);
  }

  @Override
  public URI endpoint() {
    return HERE;
  }

  /** What was made of content is for those who may read that: never for anybody. */
  @Override
  public boolean anonymous() {
    return false;
  }

  @Override
  public boolean isRemote() {
    return false;
  }

  @Override
  public void reject() {
    close();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      onClose.run();
    }
  }
}

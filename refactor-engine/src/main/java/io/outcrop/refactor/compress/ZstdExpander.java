package io.outcrop.refactor.compress;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.model.RefusedException;
import java.io.IOException;
import java.io.InputStream;

/** Expands Zstandard: any number of frames, with frames to be skipped among them. */
final class ZstdExpander extends InputStream {

  /** The largest window: 128 MiB, which is the memory that a frame can make us take. */
  static final int WINDOW_LOG_MAX = 27;

  private final ZstdInputStreamNoFinalizer in;
  private final byte[] one = new byte[1];

  ZstdExpander(InputStream source) throws IOException {
    this.in = new ZstdInputStreamNoFinalizer(source).setLongMax(WINDOW_LOG_MAX);
  }

  @Override
  public int read() throws IOException {
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    try {
      return in.read(target, offset, length);
    } catch (ZstdIOException e) {
      boolean truncated = e.getMessage() != null && e.getMessage().contains("Truncated");
      throw new RefusedException(
          truncated ? Reason.TRUNCATED : Reason.INVALID_COMPRESSION, "zstd: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}

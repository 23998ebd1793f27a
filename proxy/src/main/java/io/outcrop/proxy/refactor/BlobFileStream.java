package io.outcrop.proxy.refactor;

import io.outcrop.storage.BlobFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/** The bytes of resident content in order. Not thread-safe. */
final class BlobFileStream extends InputStream {

  private final BlobFile file;
  private long position;

  /** Takes over a file, which is closed with this. */
  BlobFileStream(BlobFile file) {
    this.file = file;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (file.isRevoked()) {
      throw new IOException(file.digest() + " was found to be damaged");
    }
    try {
      int count = file.channel().read(ByteBuffer.wrap(target, offset, length), position);
      position += Math.max(0, count);
      return count;
    } catch (IOException e) {
      file.failed(e);
      throw e;
    }
  }

  @Override
  public void close() {
    file.close();
  }
}

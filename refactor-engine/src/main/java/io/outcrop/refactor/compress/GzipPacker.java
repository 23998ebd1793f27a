package io.outcrop.refactor.compress;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Compresses into one gzip member with a header that has neither time nor name. */
final class GzipPacker extends OutputStream {

  // Deflate, no flags, no time, no hint, an unknown system.
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};
  private static final int BUFFER_BYTES = 1 << 16;

  private final OutputStream out;
  private final Deflater deflater;
  private final CRC32 crc = new CRC32();
  private final byte[] packed = new byte[BUFFER_BYTES];
  private final byte[] one = new byte[1];

  GzipPacker(OutputStream out, int level) throws IOException {
    this.out = out;
    this.deflater = new Deflater(level, true);
    out.write(HEADER);
  }

  @Override
  public void write(int b) throws IOException {
    one[0] = (byte) b;
    write(one, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    crc.update(bytes, offset, length);
    deflater.setInput(bytes, offset, length);
    while (!deflater.needsInput()) {
      out.write(packed, 0, deflater.deflate(packed));
    }
  }

  /** Writes the rest and the trailer, but does not close what is below. */
  void finish() throws IOException {
    deflater.finish();
    while (!deflater.finished()) {
      out.write(packed, 0, deflater.deflate(packed));
    }
    number(crc.getValue());
    number(deflater.getBytesRead());
  }

  private void number(long value) throws IOException {
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      out.write((int) (value >>> shift));
    }
  }

  @Override
  public void close() {
    deflater.close();
  }
}

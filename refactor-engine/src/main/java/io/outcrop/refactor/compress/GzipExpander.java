package io.outcrop.refactor.compress;

import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.model.RefusedException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Expands gzip: any number of members one after the other, and nothing behind them. The JDK's own
 * stream takes rubbish behind a member for its end, where container engines fail.
 */
final class GzipExpander extends InputStream {

  private static final int BUFFER_BYTES = 1 << 16;
  private static final int FLAG_HEADER_CRC = 2;
  private static final int FLAG_EXTRA = 4;
  private static final int FLAG_NAME = 8;
  private static final int FLAG_COMMENT = 16;
  private static final int FLAGS_RESERVED = 0xe0;

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final byte[] one = new byte[1];
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private int at;
  private int end;
  private boolean inMember;
  private boolean ended;

  GzipExpander(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!ended) {
      if (!inMember && !beginMember()) {
        ended = true;
        break;
      }
      int expanded = inflate(target, offset, length);
      crc.update(target, offset, expanded);
      if (inflater.finished()) {
        endMember();
      }
      if (expanded > 0) {
        return expanded;
      }
    }
    return -1;
  }

  private int inflate(byte[] target, int offset, int length) throws IOException {
    try {
      while (true) {
        int expanded = inflater.inflate(target, offset, length);
        if (expanded > 0 || inflater.finished()) {
          return expanded;
        }
        if (inflater.needsDictionary()) {
          throw invalid("it wants a dictionary");
        }
        fill();
        inflater.setInput(buffer, at, end - at);
        at = end;
      }
    } catch (DataFormatException e) {
      throw new RefusedException(Reason.INVALID_COMPRESSION, "gzip: " + e.getMessage(), e);
    }
  }

  /** Reads a header; false at the end of the stream. */
  private boolean beginMember() throws IOException {
    if (at == end && !fillOrEnd()) {
      return false;
    }
    if (next() != 0x1f || next() != 0x8b || next() != 8) {
      throw invalid("no header where a member should begin");
    }
    int flags = next();
    if ((flags & FLAGS_RESERVED) != 0) {
      throw invalid("unknown flags in a header");
    }
    skip(6);
    if ((flags & FLAG_EXTRA) != 0) {
      int length = next();
      skip(length | (next() << Byte.SIZE));
    }
    if ((flags & FLAG_NAME) != 0) {
      skipText();
    }
    if ((flags & FLAG_COMMENT) != 0) {
      skipText();
    }
    if ((flags & FLAG_HEADER_CRC) != 0) {
      skip(2);
    }
    inflater.reset();
    inflater.setInput(buffer, at, end - at);
    at = end;
    crc.reset();
    inMember = true;
    return true;
  }

  private void endMember() throws IOException {
    at = end - inflater.getRemaining();
    long statedCrc = number();
    long statedLength = number();
    if (statedCrc != crc.getValue()) {
      throw invalid("the checksum of a member is wrong");
    }
    if (statedLength != (inflater.getBytesWritten() & 0xffff_ffffL)) {
      throw invalid("the length of a member is wrong");
    }
    inMember = false;
  }

  private long number() throws IOException {
    long number = 0;
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      number |= (long) next() << shift;
    }
    return number;
  }

  private void skip(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      next();
    }
  }

  private void skipText() throws IOException {
    int read;
    do {
      read = next();
    } while (read != 0);
  }

  private int next() throws IOException {
    if (at == end) {
      fill();
    }
    return Byte.toUnsignedInt(buffer[at++]);
  }

  private void fill() throws IOException {
    if (!fillOrEnd()) {
      throw new RefusedException(
          Reason.TRUNCATED, "gzip: the compressed data ends early", new EOFException());
    }
  }

  private boolean fillOrEnd() throws IOException {
    at = 0;
    end = Math.max(in.read(buffer, 0, buffer.length), 0);
    return end > 0;
  }

  private static RefusedException invalid(String what) {
    return new RefusedException(Reason.INVALID_COMPRESSION, "gzip: " + what);
  }

  @Override
  public void close() throws IOException {
    inflater.close();
    in.close();
  }
}

package io.outcrop.refactor.compress;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Takes what is to be compressed. The result is complete only after {@link #finish()}; closing
 * releases memory, writes nothing, and leaves what is below open.
 */
public final class PackedStream extends OutputStream {

  /** Something that may fail. */
  private interface Action {
    void run() throws IOException;
  }

  // The compressors are given pieces of one size, so that nothing depends on how the input comes.
  private static final int PIECE_BYTES = 1 << 17;

  private final OutputStream packer;
  private final Action finish;
  private final Action release;
  private final byte[] piece = new byte[PIECE_BYTES];
  private final byte[] one = new byte[1];
  private int filled;

  private PackedStream(OutputStream packer, Action finish, Action release) {
    this.packer = packer;
    this.finish = finish;
    this.release = release;
  }

  static PackedStream unpacked(OutputStream out) {
    return new PackedStream(out, () -> {}, () -> {});
  }

  static PackedStream gzip(OutputStream out, int level) throws IOException {
    GzipPacker packer = new GzipPacker(out, level);
    return new PackedStream(packer, packer::finish, packer::close);
  }

  // One thread: with more, the bytes would depend on their number.
  static PackedStream zstd(OutputStream out, int level) throws IOException {
    Valve valve = new Valve(out);
    ZstdOutputStreamNoFinalizer packer =
        new ZstdOutputStreamNoFinalizer(valve, level).setWorkers(0).setChecksum(true);
    return new PackedStream(
        packer,
        packer::closeWithoutClosingParentStream,
        () -> {
          valve.shut();
          packer.closeWithoutClosingParentStream();
        });
  }

  @Override
  public void write(int b) throws IOException {
    one[0] = (byte) b;
    write(one, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int from = offset;
    int left = length;
    while (left > 0) {
      int taken = Math.min(left, PIECE_BYTES - filled);
      System.arraycopy(bytes, from, piece, filled, taken);
      filled += taken;
      from += taken;
      left -= taken;
      if (filled == PIECE_BYTES) {
        packPiece();
      }
    }
  }

  private void packPiece() throws IOException {
    packer.write(piece, 0, filled);
    filled = 0;
  }

  /** Writes all that is left. */
  public void finish() throws IOException {
    packPiece();
    finish.run();
  }

  @Override
  public void close() throws IOException {
    release.run();
  }

  /** Lets nothing through once shut: a frame that is given up is not to be ended in its file. */
  private static final class Valve extends OutputStream {
    private final OutputStream out;
    private boolean shut;

    Valve(OutputStream out) {
      this.out = out;
    }

    void shut() {
      shut = true;
    }

    @Override
    public void write(int b) throws IOException {
      if (!shut) {
        out.write(b);
      }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (!shut) {
        out.write(bytes, offset, length);
      }
    }
  }
}

package io.outcrop.refactor.layout;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.refactor.model.Cancellation;
import io.outcrop.refactor.model.Limits;
import io.outcrop.refactor.model.RefusedException;
import io.outcrop.refactor.scan.LayerIndex;
import io.outcrop.refactor.scan.LayerScanner;
import io.outcrop.refactor.scan.ScanProgress;
import io.outcrop.storage.layout.OciLayout;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * Reads a blob of a layout to its last byte, whatever earlier readings found: its digest, its
 * length, and what is in it as a layer.
 *
 * @param digest what its bytes hash to
 * @param length how many there are
 * @param index what is in it, unless it was refused
 * @param refusal why it was refused
 */
record LayerReading(
    Digest digest, long length, Optional<LayerIndex> index, Optional<RefusedException> refusal) {

  private static final int CHUNK = 1 << 17;

  /** Reads a layer. */
  static LayerReading layer(
      OciLayout layout, Descriptor layer, Cancellation cancellation, ScanProgress progress)
      throws IOException {
    Hashing in = new Hashing(layout.open(layer.digest()), layer.digest().algorithm());
    Optional<LayerIndex> index = Optional.empty();
    Optional<RefusedException> refusal = Optional.empty();
    try (in) {
      try {
        index =
            Optional.of(
                new LayerScanner(Limits.DEFAULT).scan(new Shielded(in), cancellation, progress));
      } catch (RefusedException e) {
        refusal = Optional.of(e);
      }
      in.drain(cancellation);
      return new LayerReading(in.result(), in.length, index, refusal);
    }
  }

  /** Reads what is no layer. */
  static LayerReading blob(OciLayout layout, Descriptor blob, Cancellation cancellation)
      throws IOException {
    try (Hashing in = new Hashing(layout.open(blob.digest()), blob.digest().algorithm())) {
      in.drain(cancellation);
      return new LayerReading(in.result(), in.length, Optional.empty(), Optional.empty());
    }
  }

  /** Keeps the stream open for the rest of the blob when the scanner closes it. */
  private static final class Shielded extends FilterInputStream {
    Shielded(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return in.read(bytes, offset, length);
    }

    @Override
    public void close() {
      // The reading is not at its end.
    }
  }

  /** Hashes and counts what is read of it. */
  private static final class Hashing extends InputStream {
    private final InputStream in;
    private final Digest.Algorithm algorithm;
    private final MessageDigest hash;
    private long length;

    Hashing(InputStream in, Digest.Algorithm algorithm) {
      this.in = in;
      this.algorithm = algorithm;
      this.hash = algorithm.newMessageDigest();
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] bytes, int offset, int wanted) throws IOException {
      int read = in.read(bytes, offset, wanted);
      if (read > 0) {
        hash.update(bytes, offset, read);
        length += read;
      }
      return read;
    }

    void drain(Cancellation cancellation) throws IOException {
      byte[] chunk = new byte[CHUNK];
      while (read(chunk, 0, chunk.length) >= 0) {
        cancellation.check();
      }
    }

    Digest result() {
      return Digest.finish(algorithm, hash);
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}

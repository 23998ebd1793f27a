package io.outcrop.refactor.compress;

import io.outcrop.refactor.model.Limits;
import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.model.RefusedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;

/**
 * A layer as it is unpacked, within bounds: so much altogether, and so much for each packed byte.
 * Not thread-safe, but for the counts.
 */
public final class LayerStream extends InputStream {

  private final Compression compression;
  private final CountingStream packed;
  private final InputStream unpacked;
  private final Limits limits;
  private final byte[] one = new byte[1];
  private volatile long count;

  private LayerStream(
      Compression compression, CountingStream packed, InputStream unpacked, Limits limits) {
    this.compression = compression;
    this.packed = packed;
    this.unpacked = unpacked;
    this.limits = limits;
  }

  /**
   * Opens a layer whose compression shows in its first bytes.
   *
   * @param blob the layer as it is stored; closed with this stream, or if opening it fails
   */
  public static LayerStream open(InputStream blob, Limits limits) throws IOException {
    try {
      byte[] head = new byte[Compression.MAGIC_BYTES];
      int length = blob.readNBytes(head, 0, head.length);
      CountingStream packed =
          new CountingStream(
              new SequenceInputStream(new ByteArrayInputStream(head, 0, length), blob));
      Compression compression = Compression.detect(head, length);
      InputStream unpacked =
          switch (compression) {
            case NONE -> packed;
            case GZIP -> new GzipExpander(packed);
            case ZSTD -> new ZstdExpander(packed);
          };
      return new LayerStream(compression, packed, unpacked, limits);
    } catch (IOException | RuntimeException e) {
      blob.close();
      throw e;
    }
  }

  /** How the layer turned out to be compressed. */
  public Compression compression() {
    return compression;
  }

  /** How many packed bytes have been read; any thread may ask. */
  public long packedBytes() {
    return packed.count();
  }

  /** How many unpacked bytes have been given out; any thread may ask. */
  public long unpackedBytes() {
    return count;
  }

  @Override
  public int read() throws IOException {
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int read = unpacked.read(target, offset, length);
    if (read > 0) {
      long total = count + read;
      count = total;
      check(total);
    }
    return read;
  }

  private void check(long total) throws RefusedException {
    if (total > limits.maxLayerBytes()) {
      throw new RefusedException(
          Reason.LAYER_TOO_LARGE, "unpacked layer: more than " + limits.maxLayerBytes() + " bytes");
    }
    if (total > Limits.RATIO_FREE_BYTES && total / limits.maxRatio() > packed.count()) {
      throw new RefusedException(
          Reason.COMPRESSION_RATIO,
          "unpacked layer: more than "
              + limits.maxRatio()
              + " times the "
              + packed.count()
              + " bytes read of it");
    }
  }

  @Override
  public void close() throws IOException {
    unpacked.close();
  }
}

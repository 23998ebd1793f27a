package io.outcrop.refactor.compress;

import java.io.IOException;
import java.io.OutputStream;

/**
 * How layers are compressed when they are written: determined to the byte. Immutable.
 *
 * @param compression the format
 * @param level the effort: 1 to 9 for gzip, 1 to 19 for Zstandard, 0 for none
 */
public record Packing(Compression compression, int level) {

  /** What every client reads, at the level that others use. */
  public static final Packing GZIP = new Packing(Compression.GZIP, 6);

  /** The usual level of Zstandard. */
  public static final Packing ZSTD = new Packing(Compression.ZSTD, 3);

  /** Archives as they are. */
  public static final Packing NONE = new Packing(Compression.NONE, 0);

  /**
   * @throws IllegalArgumentException if the format has no such level
   */
  public Packing {
    int lowest = compression == Compression.NONE ? 0 : 1;
    int highest =
        switch (compression) {
          case NONE -> 0;
          case GZIP -> 9;
          case ZSTD -> 19;
        };
    if (level < lowest || level > highest) {
      throw new IllegalArgumentException(
          "level of "
              + compression
              + ": "
              + level
              + " (expected: "
              + lowest
              + ".."
              + highest
              + ")");
    }
  }

  /**
   * Begins to compress.
   *
   * @param out where the compressed bytes go; not closed by what is returned
   */
  public PackedStream pack(OutputStream out) throws IOException {
    return switch (compression) {
      case NONE -> PackedStream.unpacked(out);
      case GZIP -> PackedStream.gzip(out, level);
      case ZSTD -> PackedStream.zstd(out, level);
    };
  }

  @Override
  public String toString() {
    return compression + (level == 0 ? "" : "-" + level);
  }
}

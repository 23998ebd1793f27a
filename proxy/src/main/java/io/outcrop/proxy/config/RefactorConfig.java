package io.outcrop.proxy.config;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How images are refactored, where upstreams want it.
 *
 * @param cpus how many processors it may keep busy
 * @param compression of the layers that are made
 * @param level the effort of the compression
 * @param minComponent what is smaller, unpacked, gets no layer of its own
 * @param maxLayers how many layers an image may have at most
 * @param maxWait for how long a tag request waits for an image to be made
 * @param platforms of images for several, which are refactored, such as {@code linux/arm64}; empty
 *     for that of the machine this edge runs on
 */
public record RefactorConfig(
    int cpus,
    Compression compression,
    int level,
    ByteSize minComponent,
    int maxLayers,
    Duration maxWait,
    List<String> platforms) {

  /** {@code os/architecture}, or {@code os/architecture/variant}. */
  public static final Pattern PLATFORM = Pattern.compile("[a-z0-9]+/[a-z0-9_]+(?:/[a-z0-9.]+)?");

  /** A format of compression. */
  public enum Compression {
    /** What every client reads. */
    GZIP,
    /** Smaller and faster, for clients of 2021 and later; Docker's own format keeps gzip. */
    ZSTD;

    /** The usual effort. */
    int usualLevel() {
      return switch (this) {
        case GZIP -> 6;
        case ZSTD -> 3;
      };
    }

    /** The greatest effort. */
    int highestLevel() {
      return switch (this) {
        case GZIP -> 9;
        case ZSTD -> 19;
      };
    }
  }

  /** Copies what is mutable. */
  public RefactorConfig {
    platforms = List.copyOf(platforms);
  }
}

package io.outcrop.proxy.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where content is kept, and how much of it.
 *
 * @param path folder of all state; made when absent
 * @param capacity hard bound on the bytes of content kept
 * @param keepFree what of the volume content leaves free, whoever else fills it; 0 for no such care
 * @param memoryCache bytes of manifests and other small objects kept on the heap
 * @param scrub how content is checked again
 */
public record StorageConfig(
    Path path, Capacity capacity, Capacity keepFree, ByteSize memoryCache, ScrubConfig scrub) {

  /**
   * How content is checked again.
   *
   * @param rate bytes read in a second
   * @param interval from the start of one check of all content to the next; empty if only told to
   */
  public record ScrubConfig(ByteSize rate, Optional<Duration> interval) {}

  /** A number of bytes, or a share of the volume. */
  public sealed interface Capacity {

    /**
     * How many bytes it is.
     *
     * @param volumeBytes the size of the whole volume that the content is on
     */
    default long bytes(long volumeBytes) {
      return switch (this) {
        case Bytes(ByteSize size) -> size.bytes();
        case PercentOfVolume(int percent) -> volumeBytes / 100 * percent;
      };
    }

    /**
     * A number of bytes.
     *
     * @param size the number itself
     */
    record Bytes(ByteSize size) implements Capacity {}

    /**
     * A share of the volume that the content is on.
     *
     * @param percent the share of the whole volume, 0 to 95
     */
    record PercentOfVolume(int percent) implements Capacity {}
  }
}

package io.outcrop.proxy.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where content is kept, and how much of it.
 *
 * @param path folder of all state; made when absent
 * @param capacity hard bound on the bytes of content kept
 * @param memoryCache bytes of manifests and other small objects kept on the heap
 * @param scrub how content is checked again
 */
public record StorageConfig(Path path, Capacity capacity, ByteSize memoryCache, ScrubConfig scrub) {

  /**
   * How content is checked again.
   *
   * @param rate bytes read in a second
   * @param interval from the start of one check of all content to the next; empty if only told to
   */
  public record ScrubConfig(ByteSize rate, Optional<Duration> interval) {}

  /** A bound in bytes, or as a share of the volume. */
  public sealed interface Capacity {

    /**
     * A number of bytes.
     *
     * @param size the bound itself
     */
    record Bytes(ByteSize size) implements Capacity {}

    /**
     * A share of the volume that the content is on.
     *
     * @param percent the share of the whole volume, 1 to 95
     */
    record PercentOfVolume(int percent) implements Capacity {}
  }
}

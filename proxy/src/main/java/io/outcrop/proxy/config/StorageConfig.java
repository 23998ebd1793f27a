package io.outcrop.proxy.config;

import java.nio.file.Path;

/**
 * Where content is kept, and how much of it.
 *
 * @param path folder of all state; made when absent
 * @param capacity hard bound on the bytes of content kept
 * @param memoryCache bytes of manifests and other small objects kept on the heap
 */
public record StorageConfig(Path path, Capacity capacity, ByteSize memoryCache) {

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

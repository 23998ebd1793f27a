package io.outcrop.bench.cache.workload;

import io.outcrop.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Everything a workload may ask for, by number: contents with their sizes, and images made of them.
 * Immutable.
 */
public final class Catalogue {

  private final Digest[] digests;
  private final long[] bytes;
  private final int[][] images;

  /**
   * @param names of the contents, from which their digests are made
   * @param bytes the size of each content, more than 0
   * @param images the contents of each image; empty where they are not known
   */
  public Catalogue(String[] names, long[] bytes, int[][] images) {
    if (names.length != bytes.length) {
      throw new IllegalArgumentException(
          "names: %d, sizes: %d (expected: as many)".formatted(names.length, bytes.length));
    }
    digests =
        Arrays.stream(names)
            .map(name -> Digest.sha256(name.getBytes(StandardCharsets.UTF_8)))
            .toArray(Digest[]::new);
    this.bytes = bytes.clone();
    this.images = images.clone();
  }

  private Catalogue(Digest[] digests, long[] bytes, int[][] images) {
    this.digests = digests;
    this.bytes = bytes;
    this.images = images;
  }

  /** How many contents there are. */
  public int contents() {
    return bytes.length;
  }

  /** The digest of a content. */
  public Digest digest(int content) {
    return digests[content];
  }

  /** The size of a content. */
  public long bytes(int content) {
    return bytes[content];
  }

  /** The bytes of all contents together. */
  public long totalBytes() {
    return Arrays.stream(bytes).sum();
  }

  /** How many images there are. */
  public int images() {
    return images.length;
  }

  /** How many contents an image has; 0 if that is not known. */
  public int layers(int image) {
    return images[image].length;
  }

  /** A content of an image. */
  public int layer(int image, int position) {
    return images[image][position];
  }

  /** The same with other sizes. */
  Catalogue withBytes(long[] other) {
    return new Catalogue(digests, other.clone(), images);
  }

  /** The same, and behind it contents and images that are only in the other. */
  Catalogue plus(Catalogue other) {
    int[][] shifted =
        Arrays.stream(other.images)
            .map(image -> Arrays.stream(image).map(content -> content + contents()).toArray())
            .toArray(int[][]::new);
    return new Catalogue(
        concat(digests, other.digests), concat(bytes, other.bytes), concat(images, shifted));
  }

  private static <T> T[] concat(T[] first, T[] second) {
    T[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  private static long[] concat(long[] first, long[] second) {
    long[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }
}

package io.outcrop.bench.refactor;

import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The images of a corpus in one way of cutting them.
 *
 * @param images for each image its parts, from the lowest to the highest
 */
record Layering(String name, List<List<Part>> images) {

  /** Bytes of all different parts. */
  long stored() {
    Map<Key, Long> parts = new HashMap<>();
    images.forEach(image -> image.forEach(part -> parts.put(part.key(), part.bytes())));
    return sum(parts);
  }

  /** Bytes of parts, counted once for each different part on the same parts below it. */
  long stack() {
    Map<Key, Long> chain = new HashMap<>();
    for (List<Part> image : images) {
      MessageDigest digest = Digests.sha256();
      Key below = new Key(0, 0, 0, 0);
      for (Part part : image) {
        Digests.put(digest, below.first());
        Digests.put(digest, below.second());
        Digests.put(digest, below.third());
        Digests.put(digest, below.fourth());
        Digests.put(digest, part.key().first());
        Digests.put(digest, part.key().second());
        Digests.put(digest, part.key().third());
        Digests.put(digest, part.key().fourth());
        below = Key.of(digest);
        chain.put(below, part.bytes());
      }
    }
    return sum(chain);
  }

  /** Bytes that an image needs of one who has another already. */
  long pull(int image, int before) {
    Set<Key> held = new HashSet<>();
    images.get(before).forEach(part -> held.add(part.key()));
    long bytes = 0;
    for (Part part : images.get(image)) {
      bytes += held.add(part.key()) ? part.bytes() : 0;
    }
    return bytes;
  }

  /** Mean of {@link #pull} over all ordered pairs of different images. */
  double meanPull() {
    int count = images.size();
    double bytes = 0;
    for (int image = 0; image < count; image++) {
      for (int before = 0; before < count; before++) {
        bytes += image == before ? 0 : pull(image, before);
      }
    }
    return count < 2 ? 0 : bytes / count / (count - 1);
  }

  int mostParts() {
    return images.stream().mapToInt(List::size).max().orElse(0);
  }

  double meanParts() {
    return images.stream().mapToInt(List::size).average().orElse(0);
  }

  private static long sum(Map<Key, Long> parts) {
    return parts.values().stream().mapToLong(Long::longValue).sum();
  }
}

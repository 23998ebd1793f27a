package io.outcrop.bench.crash;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * Images made up from a seed, so that the origin, in a process of its own, and those who check what
 * is served know the same. Immutable; layers are made anew each time they are asked for.
 */
final class Catalog {

  /** How many repositories there are. */
  static final int REPOSITORIES = 12;

  /** How many images each repository has. */
  static final int VERSIONS = 8;

  private static final int BASE_LAYERS = 2;
  private static final int OWN_LAYERS = 2;
  private static final int LEAST_BYTES = 70_000;
  private static final int MOST_BYTES = 2_000_000;

  /** One image. */
  record Image(String repository, int version, Piece manifest, Piece config, List<Piece> layers) {

    /** All that a client fetches. */
    List<Piece> pieces() {
      List<Piece> all = new ArrayList<>(layers);
      all.add(manifest);
      all.add(config);
      return all;
    }
  }

  /**
   * Some content.
   *
   * @param seed it is made from, with its size
   * @param document its bytes, where they are not made from the seed
   */
  record Piece(Digest digest, long seed, int size, byte[] document) {

    byte[] bytes() {
      if (document.length > 0) {
        return document;
      }
      byte[] bytes = new byte[size];
      new SplittableRandom(seed).nextBytes(bytes);
      return bytes;
    }
  }

  private final Map<String, List<Image>> images = new HashMap<>();
  private final Map<Digest, Piece> pieces = new HashMap<>();

  Catalog(long seed) {
    for (int repository = 0; repository < REPOSITORIES; repository++) {
      String name = "bench/app-" + repository;
      long own = seed * 1_000_003 + repository * 10_007L;
      List<Piece> base = layers(own, BASE_LAYERS);
      List<Image> versions = new ArrayList<>();
      for (int version = 0; version < VERSIONS; version++) {
        List<Piece> layers = new ArrayList<>(base);
        layers.addAll(layers(own + 100 + version * 10L, OWN_LAYERS));
        versions.add(image(name, version, layers));
      }
      images.put(name, versions);
      versions.forEach(image -> image.pieces().forEach(piece -> pieces.put(piece.digest(), piece)));
    }
  }

  /** The images of a repository. */
  List<Image> images(String repository) {
    return images.getOrDefault(repository, List.of());
  }

  /** An image by the number of its repository. */
  Image image(int repository, int version) {
    return images("bench/app-" + repository).get(version);
  }

  /** Content by digest; null if there is no such thing. */
  @org.jspecify.annotations.Nullable
  Piece piece(String digest) {
    return pieces.get(Digest.parse(digest));
  }

  /** Which image the tag {@code latest} of a repository is at some time. */
  static int latest(int repository, long millis) {
    return (int) ((millis / 2_000 + repository) % VERSIONS);
  }

  private static List<Piece> layers(long seed, int count) {
    List<Piece> layers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      SplittableRandom random = new SplittableRandom(seed + i);
      int size = random.nextInt(LEAST_BYTES, MOST_BYTES);
      Piece unnamed = new Piece(Digest.sha256(new byte[0]), seed + i, size, new byte[0]);
      layers.add(new Piece(Digest.sha256(unnamed.bytes()), unnamed.seed, size, unnamed.document));
    }
    return layers;
  }

  private static Image image(String repository, int version, List<Piece> layers) {
    Piece config =
        document(
            """
            {"architecture":"amd64","os":"linux","config":{"Labels":{"is":"%s:%d"}},"rootfs":{"type":"layers","diff_ids":[]}}
            """
                .formatted(repository, version));
    String list =
        layers.stream()
            .map(layer -> descriptor("application/vnd.oci.image.layer.v1.tar", layer))
            .collect(Collectors.joining(","));
    Piece manifest =
        document(
            """
            {"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}
            """
                .formatted(
                    MediaType.OCI_MANIFEST.value(),
                    descriptor("application/vnd.oci.image.config.v1+json", config),
                    list));
    return new Image(repository, version, manifest, config, layers);
  }

  private static Piece document(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new Piece(Digest.sha256(bytes), 0, bytes.length, bytes);
  }

  private static String descriptor(String type, Piece piece) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(type, piece.digest(), piece.size());
  }
}

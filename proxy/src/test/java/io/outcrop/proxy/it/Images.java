package io.outcrop.proxy.it;

import io.outcrop.oci.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The image fixtures, and the folder of a registry that holds them all. */
final class Images {

  /** docker schema 2, of Docker Hub; the other images are of {@link #REGISTRY}. */
  static final Image BASE = new Image("docker.io", "library/base", "1");

  static final String REGISTRY = "registry.test";
  static final Image APP = new Image(REGISTRY, "org/app", "1");
  static final Image ZSTD = new Image(REGISTRY, "org/zstd", "1");
  static final Image MULTI = new Image(REGISTRY, "org/multi", "1");

  private static final Path CACHE =
      Path.of(
          System.getenv()
              .getOrDefault("XDG_CACHE_HOME", System.getProperty("user.home") + "/.cache"),
          "outcrop-test-images");

  private static @Nullable Images made;

  private final Path store;
  private final Map<String, Digest> digests = new HashMap<>();

  /** An image by tag. */
  record Image(String namespace, String repository, String tag) {

    /** As clients name it behind the registry's name. */
    String reference() {
      return repository + ':' + tag;
    }

    /** As clients name a state of it. */
    String at(Digest digest) {
      return repository + '@' + digest;
    }

    /** The path of one of its resources at the origin. */
    String path(String kind, Object reference) {
      return "/v2/" + repository + '/' + kind + '/' + reference;
    }

    /** The path of one of its resources at Outcrop. */
    String mirrored(String kind, Object reference) {
      return "/v2/" + namespace + '/' + repository + '/' + kind + '/' + reference;
    }

    @Override
    public String toString() {
      return namespace + '/' + reference();
    }
  }

  /** The fixtures, made and pushed on first use; nobody writes to their folder afterwards. */
  static synchronized Images get() throws IOException, InterruptedException {
    if (made == null) {
      made = new Images();
    }
    return made;
  }

  private Images() throws IOException, InterruptedException {
    Script.run("make-images.sh", CACHE);
    Path registry = Folders.makeForThisRun("images-");
    store = registry.resolve("storage");
    int port = Ports.free();
    Script.run("origin.sh", "start", registry, port, "none");
    try {
      String pushed =
          Script.run(Map.of("SKIP_BIG", "yes"), "push-images.sh", CACHE, "127.0.0.1:" + port);
      for (String line : pushed.lines().toList()) {
        String[] columns = line.split("\t", -1);
        digests.put(columns[0] + ':' + columns[1], Digest.parse(columns[2]));
      }
    } finally {
      Script.run("origin.sh", "stop", registry);
    }
  }

  /** Where a fixture is made from, as skopeo names it: a layout of the image alone. */
  static String source(String repository) throws IOException, InterruptedException {
    var _ = get();
    return Files.readAllLines(CACHE.resolve("images.tsv")).stream()
        .map(line -> line.split("\t", -1))
        .filter(columns -> columns[0].equals(repository) && columns[1].equals("1"))
        .map(columns -> columns[3].replaceFirst(":", ":" + CACHE + '/'))
        .findFirst()
        .orElseThrow();
  }

  /** What a registry that has them all keeps in {@code storage}. */
  Path store() {
    return store;
  }

  /** The digest of the manifest, or of the index. */
  Digest digest(Image image) {
    return digests.get(image.reference());
  }
}

package io.outcrop.bench.crash;

import io.outcrop.bench.crash.Catalog.Image;
import io.outcrop.bench.crash.Catalog.Piece;
import io.outcrop.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** Pulls images as a runtime does, and checks every byte that comes. For one thread. */
final class Puller {

  private static final int CHUNK = 64 << 10;
  private static final Duration SLOW = Duration.ofMillis(15);
  private static final int SLOW_ONE_IN = 10;
  private static final int RANGE_ONE_IN = 10;

  private final Victim victim;
  private final Catalog catalog;
  private final Tally tally;
  private final Random random;

  Puller(Victim victim, Catalog catalog, Tally tally, Random random) {
    this.victim = victim;
    this.catalog = catalog;
    this.tally = tally;
    this.random = random;
  }

  /** Pulls some image, by a tag that moves, by one that does not, or by digest. */
  void pullAny() throws IOException {
    // The first repositories are more popular than the last.
    int repository = (int) (Catalog.REPOSITORIES * Math.pow(random.nextDouble(), 2));
    int version = random.nextInt(Catalog.VERSIONS);
    switch (random.nextInt(3)) {
      case 0 -> {
        Optional<Image> now = latest("bench/app-" + repository);
        if (now.isPresent()) {
          pullLayers(now.get());
        }
      }
      case 1 -> {
        Image image = catalog.image(repository, version);
        get(image, "manifests/v" + version, image.manifest());
        pullLayers(image);
      }
      default -> pull(catalog.image(repository, version));
    }
  }

  /** Pulls all of an image by digest; whether all of it came. */
  boolean pull(Image image) throws IOException {
    boolean manifest = get(image, "manifests/" + image.manifest().digest(), image.manifest());
    return pullLayers(image) && manifest;
  }

  private boolean pullLayers(Image image) throws IOException {
    boolean all = get(image, "blobs/" + image.config().digest(), image.config());
    for (Piece layer : image.layers()) {
      all &= get(image, "blobs/" + layer.digest(), layer);
    }
    return all;
  }

  /** What a tag that moves is said to mean, which must be one of the things that it meant. */
  private Optional<Image> latest(String repository) throws IOException {
    HttpURLConnection connection = open("/v2/" + repository + "/manifests/latest");
    if (!isGood(connection)) {
      return Optional.empty();
    }
    byte[] body = connection.getInputStream().readAllBytes();
    Digest digest = Digest.sha256(body);
    Optional<Image> image =
        catalog.images(repository).stream()
            .filter(candidate -> candidate.manifest().digest().equals(digest))
            .findFirst();
    if (image.isEmpty()) {
      tally.violation("wrong bytes", repository + ":latest, digest " + digest);
    }
    tally.count("answers, whole and right");
    tally.add("bytes checked", body.length);
    return image;
  }

  private boolean get(Image image, String reference, Piece piece) throws IOException {
    HttpURLConnection connection = open("/v2/" + image.repository() + '/' + reference);
    int from = 0;
    if (piece.size() > CHUNK && random.nextInt(RANGE_ONE_IN) == 0) {
      from = random.nextInt(piece.size());
      connection.setRequestProperty("Range", "bytes=" + from + "-");
    }
    if (!isGood(connection)) {
      return false;
    }
    byte[] expected = piece.bytes();
    boolean slow = random.nextInt(SLOW_ONE_IN) == 0;
    int at = from;
    byte[] chunk = new byte[CHUNK];
    try (InputStream in = connection.getInputStream()) {
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        // Also what was cut later must be right as far as it came.
        if (at + count > expected.length
            || !Arrays.equals(chunk, 0, count, expected, at, at + count)) {
          tally.violation("wrong bytes", piece.digest() + " behind offset " + at);
          return false;
        }
        at += count;
        if (slow) {
          LockSupport.parkNanos(SLOW.toNanos());
        }
      }
    } finally {
      tally.add("bytes checked", at - from);
      if (at < expected.length) {
        tally.count("answers cut, right as far as they came");
      }
    }
    if (at < expected.length) {
      tally.violation("an end that looks clean too early", piece.digest() + " at " + at);
      return false;
    }
    tally.count("answers, whole and right");
    return true;
  }

  private boolean isGood(HttpURLConnection connection) throws IOException {
    int status = connection.getResponseCode();
    if (status == 200 || status == 206) {
      return true;
    }
    tally.count("answers with status " + status);
    // The origin is there and has it all: only "come again" may be said, and seldom.
    if (status != 503) {
      tally.violation("wrong status", status + " for " + connection.getURL());
    }
    return false;
  }

  private HttpURLConnection open(String path) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) victim.registry(path).toURL().openConnection(Proxy.NO_PROXY);
    connection.setConnectTimeout(2_000);
    connection.setReadTimeout(30_000);
    return connection;
  }
}

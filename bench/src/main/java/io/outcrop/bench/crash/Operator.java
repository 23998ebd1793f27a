package io.outcrop.bench.crash;

import io.outcrop.bench.crash.Catalog.Image;
import io.outcrop.oci.Digest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import tools.jackson.databind.json.JsonMapper;

/**
 * Pins, unpins, evicts, prefetches, and starts and pauses the scrub, and remembers which pins were
 * acknowledged. One thread at a time.
 */
final class Operator {

  // Pins are of these repositories, evictions by hand of the others.
  private static final int PINNED_REPOSITORIES = 3;
  private static final int MOST_PINS = 3;

  private final Victim victim;
  private final Catalog catalog;
  private final OriginLog origin;
  private final Tally tally;
  private final Random random;
  // What is pinned, complete and acknowledged, and how much the origin had sent by then.
  private final Map<Image, Integer> acknowledged = new HashMap<>();
  private final Map<Image, Boolean> asked = new HashMap<>();

  Operator(Victim victim, Catalog catalog, OriginLog origin, Tally tally, Random random) {
    this.victim = victim;
    this.catalog = catalog;
    this.origin = origin;
    this.tally = tally;
    this.random = random;
  }

  /** Does one thing. */
  void act() throws IOException {
    acknowledge();
    switch (random.nextInt(8)) {
      case 0, 1 -> pin();
      case 2 -> unpin();
      case 3 -> scrub("POST");
      case 4 -> scrub(random.nextInt(3) == 0 ? "DELETE" : "POST");
      case 5 -> prefetch();
      default -> evict();
    }
  }

  /** Checks that all that was acknowledged is here, without anything being asked of the origin. */
  void checkPins(Puller puller) throws IOException {
    for (Map.Entry<Image, Integer> pin : Map.copyOf(acknowledged).entrySet()) {
      Image image = pin.getKey();
      if (!puller.pull(image)) {
        tally.violation("pinned image is not served", image.manifest().digest().toString());
      }
      List<String> since = origin.sentSince(pin.getValue());
      image
          .pieces()
          .forEach(piece -> {
            if (since.contains(piece.digest().toString())) {
              tally.violation("pinned content was lost", piece.digest().toString());
            }
          });
      tally.count("pins found whole after a kill");
    }
  }

  private void acknowledge() throws IOException {
    for (Image image : List.copyOf(asked.keySet())) {
      int sent = origin.size();
      HttpResponse<String> answer = victim.admin("GET", pinPath(image), Optional.empty());
      if (answer.statusCode() == 200
          && JsonMapper.shared()
              .readTree(answer.body())
              .path("state")
              .asString("")
              .equals("complete")) {
        asked.remove(image);
        acknowledged.put(image, sent);
        tally.count("pins acknowledged");
      }
    }
  }

  private void pin() throws IOException {
    Image image =
        catalog.image(random.nextInt(PINNED_REPOSITORIES), random.nextInt(Catalog.VERSIONS));
    if (acknowledged.containsKey(image)
        || asked.containsKey(image)
        || acknowledged.size() + asked.size() >= MOST_PINS) {
      return;
    }
    // Before it is sent: killed in between, it may be pinned without our knowing.
    asked.put(image, true);
    HttpResponse<String> answer = victim.admin("PUT", pinPath(image), Optional.of("{}"));
    if (answer.statusCode() >= 400) {
      tally.count("pins refused with " + answer.statusCode());
    }
  }

  private void unpin() throws IOException {
    Optional<Image> image =
        java.util.stream.Stream.concat(acknowledged.keySet().stream(), asked.keySet().stream())
            .findAny();
    if (image.isEmpty() || random.nextBoolean()) {
      return;
    }
    acknowledged.remove(image.get());
    asked.remove(image.get());
    victim.admin("DELETE", pinPath(image.get()), Optional.empty());
    tally.count("pins taken back");
  }

  private void scrub(String method) throws IOException {
    Optional<String> body = method.equals("POST") ? Optional.of("{}") : Optional.empty();
    if (victim.admin(method, "/admin/v1/scrub", body).statusCode() == 200) {
      tally.count("scrub " + (method.equals("POST") ? "begun" : "paused"));
    }
  }

  private void prefetch() throws IOException {
    Image image = any();
    victim.admin(
        "POST",
        "/admin/v1/prefetches",
        Optional.of(
            "{\"image\":\"bench.test/%s@%s\"}"
                .formatted(image.repository(), image.manifest().digest())));
    tally.count("prefetches asked for");
  }

  private void evict() throws IOException {
    Image image = any();
    Digest digest = image.layers().get(random.nextInt(image.layers().size())).digest();
    HttpResponse<String> answer =
        victim.admin("DELETE", "/admin/v1/content/" + digest, Optional.empty());
    if (answer.statusCode() < 300) {
      tally.count("evictions by hand");
    }
  }

  private Image any() {
    return catalog.image(
        PINNED_REPOSITORIES + random.nextInt(Catalog.REPOSITORIES - PINNED_REPOSITORIES),
        random.nextInt(Catalog.VERSIONS));
  }

  private static String pinPath(Image image) {
    return "/admin/v1/pins/bench.test/" + image.repository() + '@' + image.manifest().digest();
  }
}

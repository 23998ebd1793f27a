package io.outcrop.proxy.images;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Counts, for each repository, how many clients that take an image's manifest go on to take its
 * blobs. Those who only look whether a tag has moved do not; nor do those who have the layers.
 * Bounded in memory; not thread-safe.
 */
final class FollowThrough {

  /** A client follows within this time, or does not. */
  static final Duration WINDOW = Duration.ofMinutes(1);

  private static final int MOST_REPOSITORIES = 10_000;
  private static final int MOST_VISITS = 10_000;
  private static final double ENOUGH = 0.5;
  private static final int LEAST_SEEN = 2;
  // The past counts for less: from so many on, all is halved.
  private static final int MOST_SEEN = 64;

  private final InstantSource clock;
  private final Map<Repository, Counts> counts =
      new LinkedHashMap<>(16, 0.75f, /* accessOrder= */ true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Repository, Counts> eldest) {
          return size() > MOST_REPOSITORIES;
        }
      };
  // The oldest first, as each stays for as long.
  private final Map<Visit, Opened> visits = new LinkedHashMap<>();
  // How many visits of a client to a repository are open, so that most blobs are passed over.
  private final Map<Place, Set<Visit>> byPlace = new HashMap<>();

  FollowThrough(InstantSource clock) {
    this.clock = clock;
  }

  /** Whether this client has taken this manifest within the window already. */
  boolean isOpen(Repository repository, Digest manifest, int client) {
    expire();
    return visits.containsKey(new Visit(new Place(repository, client), manifest));
  }

  /** A client takes a manifest. */
  void opened(Repository repository, Digest manifest, Set<Digest> blobs, int client) {
    expire();
    Visit visit = new Visit(new Place(repository, client), manifest);
    if (visits.size() < MOST_VISITS && !visits.containsKey(visit)) {
      visits.put(visit, new Opened(clock.instant(), blobs));
      byPlace.computeIfAbsent(visit.place, place -> new java.util.HashSet<>()).add(visit);
    }
  }

  /** A client takes a blob. */
  void taken(Repository repository, Digest blob, int client) {
    expire();
    for (Visit visit : byPlace.getOrDefault(new Place(repository, client), Set.of())) {
      Opened opened = visits.get(visit);
      if (opened != null && !opened.followed && opened.blobs.contains(blob)) {
        opened.followed = true;
        count(repository, true);
      }
    }
  }

  /** Whether clients of a repository mostly follow. */
  boolean follows(Repository repository) {
    expire();
    Counts seen = counts.get(repository);
    return seen != null && seen.all >= LEAST_SEEN && seen.followed > ENOUGH * seen.all;
  }

  private void expire() {
    Instant before = clock.instant().minus(WINDOW);
    Iterator<Map.Entry<Visit, Opened>> oldest = visits.entrySet().iterator();
    while (oldest.hasNext()) {
      Map.Entry<Visit, Opened> entry = oldest.next();
      if (entry.getValue().at.isAfter(before)) {
        return;
      }
      oldest.remove();
      Visit visit = entry.getKey();
      byPlace.computeIfPresent(
          visit.place, (place, open) -> open.remove(visit) && open.isEmpty() ? null : open);
      if (!entry.getValue().followed) {
        count(visit.place.repository, false);
      }
    }
  }

  private void count(Repository repository, boolean followed) {
    Counts seen = counts.computeIfAbsent(repository, key -> new Counts());
    seen.all++;
    seen.followed += followed ? 1 : 0;
    if (seen.all >= MOST_SEEN) {
      seen.all /= 2;
      seen.followed /= 2;
    }
  }

  private record Place(Repository repository, int client) {}

  private record Visit(Place place, Digest manifest) {}

  private static final class Opened {
    private final Instant at;
    private final Set<Digest> blobs;
    private boolean followed;

    Opened(Instant at, Set<Digest> blobs) {
      this.at = at;
      this.blobs = blobs;
    }
  }

  private static final class Counts {
    private int all;
    private int followed;
  }
}

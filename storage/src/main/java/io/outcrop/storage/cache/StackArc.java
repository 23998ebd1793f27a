package io.outcrop.storage.cache;

import io.outcrop.oci.Digest;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the content that saves most fetching for the room it takes: the lists of ARC, the values of
 * greedy-dual, and what requests for container images are like.
 *
 * <p>Not thread-safe. An access takes O(log n), as does a victim, amortised; memory is bounded by
 * what is resident, by the capacity, and by {@link StackArcOptions}.
 */
public final class StackArc implements ReplacementPolicy {

  /*
   * ARC (Megiddo and Modha, "ARC: A Self-Tuning, Low Overhead Replacement Cache", FAST'03) keeps
   * content used once, T1, apart from content used again, T2, and remembers what it evicted from each,
   * B1 and B2. What comes back from B1 says that T1 should be larger, from B2 that T2 should be; the
   * share of T1, p, follows. So a scan of content that is never used again runs through T1 and leaves
   * T2 alone. Here all lists are measured in bytes, and p moves by the size of what comes back.
   *
   * ARC evicts the least recently used of a list, as all pages are alike to it. Blobs are not: they
   * differ a million times in size, and thereby in what a byte of them saves. So within a list the
   * victim is the one of lowest value H = L + f * cost / size. This is greedy-dual-size (Cao and
   * Irani, "Cost-Aware WWW Proxy Caching Algorithms", USITS'97) with frequencies f (Cherkasova, "Improving
   * WWW Proxies Performance with Greedy-Dual-Size-Frequency Caching Policy", HP Labs 1998). L is the H
   * of the last victim of the list: it is added at each use, so that what is not used any more falls
   * behind, and no clock has to run. Each list has an L of its own, as the pace of a scan in T1 must not
   * age T2. The cost is the time that the next fetch would take. With cost 1, as is usual, more objects
   * hit and fewer bytes, which is wrong where the uplink is thin. Uses count up to a limit only, or
   * what was popular once would stay for long.
   *
   * A ghost keeps f, so that what comes back is judged by all it has done.
   *
   * What images content belongs to is told to operators and decides nothing. Three things were tried
   * with it in the simulator, and did not pay: to value layers of broken images less and those of whole
   * and popular ones more, to let a request for a manifest count for its layers, and to keep whole
   * images while the uplink is gone. See docs/cache.md.
   *
   * A client that asks for the same
   * again within a minute retries, or fetches in ranges: it counts once. Not for longer: builders that
   * keep nothing pull the same image every few minutes, and each pull is one to be served.
   *
   * Content so large that it would push out an eighth of everything is kept when it is asked for a
   * second time, when several wait for it, or when there is room.
   *
   * Departures from the letter of ARC. Its rule of evicting from T1 at |T1| = p if x is in B2 decides
   * between equals in units of pages; in bytes there are no equals, so |T1| > p decides alone. Victims
   * are named before it is known what for, so p moves when content has come rather than before. And p
   * has a floor and a ceiling.
   *
   * Content in use or pinned is set aside in its list, see Segment, and is left out of account when
   * |T1| is compared to p: else pinned images in T1 would have all others evicted from it.
   *
   * What content would cost changes with no event that this would see: peers get it and lose it. So
   * the value of a victim is told anew before it leaves, and if it has risen by more than a little it
   * goes back; and a few others in turn are valued anew each time, which finds those that have fallen.
   */

  private static final int MOST_REVALUATIONS = 16;
  private static final double REVALUATION_SLACK = 1.05;

  private final InstantSource clock;
  private final StackArcOptions options;
  private final DigestTable<Resident> residents = new DigestTable<>();
  private final Segment probation = new Segment();
  private final Segment proven = new Segment();
  private final GhostMemory ghosts;
  private final ProbationTarget target;
  private final Valuation valuation;
  private final ImageTable images;
  private final RecentUses recent;
  private long capacity;

  /**
   * A policy as the server runs it.
   *
   * @param capacityBytes the sum of the sizes of what may be resident
   * @param cost what it would take to get content again
   * @param ghosts told of what is remembered and forgotten of evicted content
   */
  public StackArc(long capacityBytes, InstantSource clock, RefetchCost cost, GhostListener ghosts) {
    this(capacityBytes, clock, cost, ghosts, StackArcOptions.defaults());
  }

  /** A policy with features switched off or tuned. */
  public StackArc(
      long capacityBytes,
      InstantSource clock,
      RefetchCost cost,
      GhostListener ghosts,
      StackArcOptions options) {
    this.clock = clock;
    this.options = options;
    this.ghosts = new GhostMemory(ghosts, options.ghosts());
    target = new ProbationTarget(options.probation());
    valuation = new Valuation(options, cost);
    images = new ImageTable(options.images());
    recent = new RecentUses(options.requests().correlation());
    capacity(capacityBytes);
  }

  @Override
  public boolean admits(Digest content, long bytes, long freeBytes, boolean wanted) {
    if (bytes > capacity) {
      return false;
    }
    if (wanted
        || bytes <= freeBytes
        || bytes <= options.requests().hugeShare() * capacity
        || residents.get(content) != null
        || ghosts.get(content) != null) {
      return true;
    }
    remember(content, new Ghost(SegmentName.GHOST_PROBATION, bytes, 1, clock.millis()));
    return false;
  }

  @Override
  public void admitted(Digest content, long bytes) {
    if (residents.get(content) != null) {
      return;
    }
    Ghost ghost = ghosts.get(content);
    float uses = 1;
    if (ghost != null) {
      target.ghostHit(
          ghost.list(),
          bytes,
          ghosts.bytes(SegmentName.GHOST_PROBATION),
          ghosts.bytes(SegmentName.GHOST_PROVEN),
          capacity);
      uses += options.worth().ghostFrequency() ? (float) ghost.frequency() : 0;
      ghosts.remove(content);
    }
    Resident resident = new Resident(content, bytes, uses, ghost != null, clock.millis());
    residents.add(resident);
    segment(resident).add(resident, weight(resident));
    images.arrived(content);
    trimGhosts();
  }

  @Override
  public void accessed(Digest content, int client) {
    long now = clock.millis();
    boolean counts = recent.counts(content, client, now);
    Resident resident = residents.get(content);
    if (resident == null) {
      return;
    }
    resident.lastAccessMillis = now;
    if (!counts) {
      return;
    }
    resident.frequency++;
    if (resident.proven) {
      proven.used(resident, weight(resident));
    } else {
      probation.remove(resident);
      resident.proven = true;
      proven.add(resident, weight(resident));
    }
  }

  @Override
  public Optional<Digest> victim(Predicate<Digest> evictable) {
    double aside = (double) probation.asideBytes() + proven.asideBytes();
    boolean fromProbation =
        probation.bytes() - probation.asideBytes() > target.share() * Math.max(0, capacity - aside);
    Resident victim = leastValuable(fromProbation ? probation : proven, evictable);
    if (victim == null) {
      victim = leastValuable(fromProbation ? proven : probation, evictable);
    }
    return victim == null ? Optional.empty() : Optional.of(victim.digest);
  }

  @Override
  public void evicted(Digest content) {
    Resident resident = residents.remove(content);
    if (resident == null) {
      return;
    }
    Segment segment = segment(resident);
    segment.remove(resident);
    segment.inflateTo(resident.value);
    remember(
        content,
        new Ghost(
            resident.list().ghost(),
            resident.bytes,
            resident.frequency,
            resident.lastAccessMillis));
    images.left(content, true);
  }

  @Override
  public void removed(Digest content) {
    Resident resident = residents.remove(content);
    if (resident != null) {
      segment(resident).remove(resident);
      images.left(content, false);
    }
  }

  @Override
  public Optional<Standing> standing(Digest content) {
    Resident resident = residents.get(content);
    if (resident != null) {
      return Optional.of(
          standing(
              content,
              resident.list(),
              resident.bytes,
              resident.frequency,
              resident.value,
              resident.lastAccessMillis));
    }
    Ghost ghost = ghosts.get(content);
    return ghost == null
        ? Optional.empty()
        : Optional.of(
            standing(
                content,
                ghost.list(),
                ghost.bytes(),
                ghost.frequency(),
                0,
                ghost.lastAccessMillis()));
  }

  /**
   * An image is known; if it was before, this does nothing. Images not used for long are forgotten
   * when there are too many.
   *
   * @param layers what it is made of, of the content that this policy decides on
   */
  public void image(Digest manifest, List<Digest> layers) {
    images.learn(
        manifest,
        layers,
        digest -> residents.get(digest) != null,
        digest -> ghosts.get(digest) != null);
  }

  /** An image is no longer known, as its manifest is gone. */
  public void imageForgotten(Digest manifest) {
    images.forget(manifest);
  }

  /** The manifest of an image was asked for, though perhaps not all its layers will be. */
  public void imageUsed(Digest manifest) {
    images.used(manifest);
  }

  /** Changes the capacity. If more is resident, the owner asks for victims. */
  public void capacity(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes: " + bytes + " (expected: >= 0)");
    }
    capacity = bytes;
    trimGhosts();
  }

  /** What is to be saved, but for what is known of each piece of content. */
  public State state() {
    return new State(target.share(), probation.inflation(), proven.inflation());
  }

  /** How much is resident, and how much is remembered. */
  public Sizes sizes() {
    return new Sizes(
        probation.bytes(),
        proven.bytes(),
        ghosts.bytes(SegmentName.GHOST_PROBATION),
        ghosts.bytes(SegmentName.GHOST_PROVEN),
        ghosts.size());
  }

  /**
   * Goes on from what was saved. Called before any content is restored: then resident content, in
   * the order of its last use, ghosts, in the order in which they were told to the listener, and
   * images.
   */
  public void restore(State state) {
    target.restore(state.probationShare());
    probation.restoreInflation(state.probationInflation());
    proven.restoreInflation(state.provenInflation());
  }

  /** Takes over content found at start-up, with its last standing; does nothing if it is known. */
  public void restoreResident(Digest content, long bytes, Standing standing) {
    if (residents.get(content) != null) {
      return;
    }
    Resident resident =
        new Resident(
            content,
            bytes,
            (float) standing.frequency(),
            standing.list() == SegmentName.PROVEN,
            standing.lastAccessMillis());
    residents.add(resident);
    segment(resident).restore(resident, weight(resident), standing.value());
    images.arrived(content);
  }

  /** Remembers content evicted before start-up; does nothing if it is known, or here. */
  public void restoreGhost(Digest content, Ghost ghost) {
    if (residents.get(content) == null && ghosts.get(content) == null) {
      ghosts.restore(content, ghost);
      trimGhosts();
    }
  }

  private @Nullable Resident leastValuable(Segment segment, Predicate<Digest> mayLeave) {
    segment.eachOfNext(options.worth().reassessed(), this::reweigh);
    Resident first = segment.first(mayLeave);
    for (int i = 0; first != null && i < MOST_REVALUATIONS; i++) {
      float weight = weight(first);
      if (weight <= first.weight * REVALUATION_SLACK) {
        break;
      }
      segment.reweighed(first, weight);
      first = segment.first(mayLeave);
    }
    return first;
  }

  private void reweigh(Resident resident) {
    segment(resident).reweighed(resident, weight(resident));
  }

  private float weight(Resident resident) {
    return valuation.weight(resident);
  }

  private Standing standing(
      Digest content,
      SegmentName list,
      long bytes,
      double frequency,
      double value,
      long lastAccessMillis) {
    return new Standing(
        list,
        bytes,
        frequency,
        value,
        valuation.seconds(content, bytes),
        images.state(content),
        lastAccessMillis);
  }

  private void remember(Digest content, Ghost ghost) {
    ghosts.add(content, ghost);
    trimGhosts();
  }

  private void trimGhosts() {
    ghosts.trim(probation.bytes(), proven.bytes(), capacity);
  }

  private Segment segment(Resident resident) {
    return resident.proven ? proven : probation;
  }

  /**
   * What a policy has learnt, but for what it knows of each piece of content.
   *
   * @param probationShare share of the capacity that content used once is asked to take
   * @param probationInflation what a use of such content adds to its weight
   * @param provenInflation the same, for content used again
   */
  public record State(double probationShare, double probationInflation, double provenInflation) {

    /**
     * @throws IllegalArgumentException if a number is negative, or none
     */
    public State {
      if (!(probationShare >= 0 && probationInflation >= 0 && provenInflation >= 0)
          || Double.isInfinite(probationShare + probationInflation + provenInflation)) {
        throw new IllegalArgumentException(
            "state: %s, %s, %s (expected: finite, >= 0)"
                .formatted(probationShare, probationInflation, provenInflation));
      }
    }
  }

  /**
   * How large the lists are.
   *
   * @param probationBytes of content used once
   * @param provenBytes of content used again
   * @param ghostProbationBytes that content had which left the first
   * @param ghostProvenBytes that content had which left the second
   * @param ghosts how many are remembered
   */
  public record Sizes(
      long probationBytes,
      long provenBytes,
      long ghostProbationBytes,
      long ghostProvenBytes,
      int ghosts) {

    /** Nothing at all. */
    public static final Sizes NONE = new Sizes(0, 0, 0, 0, 0);
  }
}

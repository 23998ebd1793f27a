package io.outcrop.storage.cache;

import io.outcrop.oci.Digest;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the content that saves most fetching time for the room it takes, and layers that make up
 * whole images.
 */
public final class StackArc implements ReplacementPolicy {

  // What content takes on a disk at least.
  private static final long LEAST_BYTES = 4096;
  private static final int MOST_REVALUATIONS = 16;
  private static final double REVALUATION_SLACK = 1.05;
  private static final double USUAL_LATENCY_SECONDS = LinkEstimate.DEFAULT_LATENCY_SECONDS;
  private static final double USUAL_BYTES_PER_SECOND = LinkEstimate.DEFAULT_BYTES_PER_SECOND;

  private final InstantSource clock;
  private final RefetchCost cost;
  private final StackArcOptions options;
  private final ResidentTable residents = new ResidentTable();
  private final Segment probation = new Segment();
  private final Segment proven = new Segment();
  private final GhostList onceGone;
  private final GhostList provenGone;
  private final ImageTable images;
  private final RecentUses recent;
  private long capacity;
  // The bytes that probation is asked to take: p of ARC.
  private double target;
  private boolean offline;
  private long order;

  /** A policy as the server runs it. */
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
    this.capacity = capacityBytes;
    this.clock = clock;
    this.cost = cost;
    this.options = options;
    onceGone = new GhostList(ghosts);
    provenGone = new GhostList(ghosts);
    images = new ImageTable(options, this::stackChanged);
    recent = new RecentUses(options.correlation().toMillis());
    target = options.probationStart() * capacityBytes;
  }

  @Override
  public boolean admits(Digest content, long bytes, long freeBytes, boolean wanted) {
    if (bytes > capacity) {
      return false;
    }
    if (bytes <= options.hugeShare() * capacity
        || wanted
        || bytes <= freeBytes
        || ghost(content) != null) {
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
    Ghost ghost = ghost(content);
    if (ghost != null) {
      adapt(ghost.list(), bytes);
      onceGone.remove(content);
      provenGone.remove(content);
    }
    float before = ghost != null && options.ghostFrequency() ? (float) ghost.frequency() : 0;
    Resident resident = new Resident(content, bytes, before + 1, ghost != null, clock.millis());
    residents.add(resident);
    resident.weight = weight(resident);
    segment(resident).add(resident);
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
      resident.weight = weight(resident);
      proven.add(resident);
    }
  }

  @Override
  public Optional<Digest> victim(Predicate<Digest> evictable) {
    Predicate<Digest> mayLeave = offline ? evictable.and(this::isLooseOffline) : evictable;
    Segment[] both =
        probation.freeBytes() > target * (1 - (double) asideBytes() / Math.max(1, capacity))
                || proven.freeBytes() == 0
            ? new Segment[] {probation, proven}
            : new Segment[] {proven, probation};
    for (Segment segment : both) {
      Resident first = leastValuable(segment, mayLeave);
      if (first != null) {
        return Optional.of(first.digest);
      }
    }
    return Optional.empty();
  }

  @Override
  public void evicted(Digest content) {
    Resident resident = residents.remove(content);
    if (resident == null) {
      return;
    }
    Segment segment = segment(resident);
    segment.remove(resident);
    if (options.greedyDual()) {
      segment.inflateTo(resident.value);
    }
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
    StackState state = images.state(content, clock.millis());
    double factor = factor(state);
    Resident resident = residents.get(content);
    if (resident != null) {
      return Optional.of(
          new Standing(
              resident.list(),
              resident.bytes,
              resident.frequency,
              resident.value,
              costSeconds(content, resident.bytes),
              state,
              factor,
              resident.lastAccessMillis));
    }
    return Optional.ofNullable(ghost(content))
        .map(ghost ->
            new Standing(
                ghost.list(),
                ghost.bytes(),
                ghost.frequency(),
                0,
                costSeconds(content, ghost.bytes()),
                state,
                factor,
                ghost.lastAccessMillis()));
  }

  /** An image is known, by what it is made of; idempotent. */
  public void image(Digest manifest, List<Digest> layers) {
    images.learn(manifest, layers, digest -> residents.get(digest) != null);
  }

  /** An image is no longer known. */
  public void imageForgotten(Digest manifest) {
    images.forget(manifest);
  }

  /** An image was asked for, though perhaps not all its layers will be. */
  public void imageUsed(Digest manifest, int client) {
    long now = clock.millis();
    if (!recent.counts(manifest, client, now)) {
      return;
    }
    for (Digest layer : images.used(manifest, now)) {
      Resident resident = residents.get(layer);
      if (resident != null) {
        resident.frequency += (float) options.imageCredit();
        reweigh(resident);
      }
    }
  }

  /** Whether nothing can be fetched from outside the site. */
  public void offline(boolean uplinkIsGone) {
    if (offline != uplinkIsGone) {
      offline = uplinkIsGone;
      residents.forEach(this::reweigh);
    }
  }

  /** Changes the bound. */
  public void capacity(long bytes) {
    target *= (double) bytes / Math.max(1, capacity);
    capacity = bytes;
    trimGhosts();
  }

  /** What is to be saved, but for what is known of each piece of content. */
  public State state() {
    return new State(target / Math.max(1, capacity), probation.inflation(), proven.inflation());
  }

  /** Goes on from what was saved; called before any content is restored. */
  public void restore(State state) {
    target = state.probationShare() * capacity;
    probation.restoreInflation(state.probationInflation());
    proven.restoreInflation(state.provenInflation());
  }

  /** Takes over content found at start-up. */
  public void restoreResident(Digest content, long bytes, Standing standing) {
    Resident resident =
        new Resident(
            content,
            bytes,
            (float) standing.frequency(),
            standing.list() == SegmentName.PROVEN,
            standing.lastAccessMillis());
    residents.add(resident);
    resident.weight = weight(resident);
    Segment segment = segment(resident);
    resident.value = Math.min(standing.value(), segment.inflation() + resident.weight);
    segment.restore(resident);
    images.arrived(content);
  }

  /** Remembers content evicted before start-up. */
  public void restoreGhost(Digest content, Ghost ghost) {
    ghosts(ghost.list()).restore(content, ghost);
    trimGhosts();
  }

  private @Nullable Resident leastValuable(Segment segment, Predicate<Digest> mayLeave) {
    segment.reassess(options.reassessments(), this::reweigh);
    for (int i = 0; ; i++) {
      Resident first = segment.first(mayLeave);
      if (first == null || !options.greedyDual()) {
        return first;
      }
      float weight = weight(first);
      if (i == MOST_REVALUATIONS || weight <= first.weight * REVALUATION_SLACK) {
        return first;
      }
      segment.reweighed(first, weight);
    }
  }

  private boolean isLooseOffline(Digest content) {
    StackState state = images.state(content, clock.millis());
    return state != StackState.COMPLETE && state != StackState.HOT;
  }

  private void stackChanged(Digest content) {
    Resident resident = residents.get(content);
    if (resident != null) {
      reweigh(resident);
    }
  }

  private void reweigh(Resident resident) {
    if (options.greedyDual()) {
      segment(resident).reweighed(resident, weight(resident));
    }
  }

  private float weight(Resident resident) {
    if (!options.greedyDual()) {
      return ++order;
    }
    double density =
        costSeconds(resident.digest, resident.bytes) / Math.max(LEAST_BYTES, resident.bytes);
    double factor = factor(images.state(resident.digest, clock.millis()));
    return (float) (Math.min(options.frequencyLimit(), resident.frequency) * density * factor);
  }

  private double costSeconds(Digest content, long bytes) {
    double usual = USUAL_LATENCY_SECONDS + bytes / USUAL_BYTES_PER_SECOND;
    double now = cost.seconds(content, bytes);
    double limit = options.costRatioLimit();
    return Double.isNaN(now) ? usual : Math.clamp(now, usual / limit, usual * limit);
  }

  private double factor(StackState state) {
    return switch (state) {
      case NONE -> 1;
      case BROKEN -> offline ? 0 : options.brokenFactor();
      case PARTIAL -> offline ? 0 : 1;
      case COMPLETE -> 1;
      case HOT -> options.hotFactor();
    };
  }

  private void adapt(SegmentName list, long bytes) {
    if (!options.adaptive()) {
      return;
    }
    double once = Math.max(1, onceGone.bytes());
    double again = Math.max(1, provenGone.bytes());
    target +=
        list == SegmentName.GHOST_PROBATION
            ? Math.max(1, again / once) * bytes
            : -Math.max(1, once / again) * bytes;
    target =
        Math.clamp(
            target, options.probationFloor() * capacity, options.probationCeiling() * capacity);
  }

  private void remember(Digest content, Ghost ghost) {
    ghosts(ghost.list()).add(content, ghost);
    trimGhosts();
  }

  private void trimGhosts() {
    double reach = options.ghostReach() * capacity;
    while (onceGone.size() > 0 && onceGone.bytes() + probation.bytes() > reach) {
      onceGone.removeOldest();
    }
    while (provenGone.size() > 0
        && onceGone.bytes() + provenGone.bytes() + probation.bytes() + proven.bytes() > 2 * reach) {
      provenGone.removeOldest();
    }
    while (onceGone.size() + provenGone.size() > options.mostGhosts()) {
      (onceGone.size() > provenGone.size() ? onceGone : provenGone).removeOldest();
    }
  }

  private long asideBytes() {
    return probation.bytes() - probation.freeBytes() + proven.bytes() - proven.freeBytes();
  }

  private @Nullable Ghost ghost(Digest content) {
    Ghost ghost = onceGone.get(content);
    return ghost == null ? provenGone.get(content) : ghost;
  }

  private GhostList ghosts(SegmentName list) {
    return list == SegmentName.GHOST_PROBATION ? onceGone : provenGone;
  }

  private Segment segment(Resident resident) {
    return resident.proven ? proven : probation;
  }

  /**
   * What a policy has learnt, but for what it knows of each piece of content.
   *
   * @param probationShare share of the capacity that probation is asked to take
   * @param probationInflation what a use of content in probation adds its weight to
   * @param provenInflation the same, for proven content
   */
  public record State(double probationShare, double probationInflation, double provenInflation) {}
}

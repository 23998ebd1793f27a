package io.outcrop.proxy.resolve;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.upstream.Referrers;
import io.outcrop.proxy.upstream.UpstreamException;
import io.outcrop.storage.ContentInfo.Origin;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.MutableRecord;
import io.outcrop.storage.RecordKey;
import io.outcrop.storage.cache.ReplacementPolicy;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What refers to a manifest, such as signatures. Kept like a tag: the list is a document, its
 * digest the state last known. Blocks; thread-safe.
 */
public final class ReferrersService {

  private static final Logger LOG = LoggerFactory.getLogger(ReferrersService.class);
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String MANIFESTS = "manifests";

  private final ContentStore store;
  private final Upstreams upstreams;
  private final InstantSource clock;
  private final SingleFlight<RecordKey, ObjectNode> flights;
  private final ReentrantLock adding = new ReentrantLock();

  /**
   * @param threads runs what blocks
   */
  public ReferrersService(
      ContentStore store, Upstreams upstreams, InstantSource clock, Executor threads) {
    this.store = store;
    this.upstreams = upstreams;
    this.clock = clock;
    this.flights = new SingleFlight<>(threads);
  }

  /**
   * The referrers of a manifest, which need not exist.
   *
   * @param artifactType only those of this kind, where given
   * @throws UpstreamException if the list is not held and cannot be had
   */
  public ServedReferrers get(Repository repository, Digest subject, Optional<String> artifactType)
      throws UpstreamException, IOException {
    RecordKey key = new RecordKey.OfReferrers(repository, subject);
    Optional<MutableRecord> record = store.directory().record(key);
    Optional<ObjectNode> held = held(record);
    ServedReferrers served =
        held.isPresent() && record.isPresent()
            ? fromHeld(repository, subject, held.get(), record.get())
            : new ServedReferrers(
                SingleFlight.await(refresh(repository, subject)), Outcome.MISS, Optional.empty());
    return artifactType.isEmpty() ? served : served.filtered(artifactType.get());
  }

  /** The list as it was last known, without asking for it. */
  public Optional<KnownReferrers> known(Repository repository, Digest subject) throws IOException {
    Optional<MutableRecord> record =
        store.directory().record(new RecordKey.OfReferrers(repository, subject));
    return held(record).map(index -> new KnownReferrers(index, record.orElseThrow().confirmedAt()));
  }

  /**
   * Adds a manifest that was brought here to the list of what it refers to.
   *
   * @param descriptor of the manifest, with its kind and annotations
   * @param confirmedAt when the list it was in was last confirmed; where a list is known here, its
   *     own time stays, as no more than this one manifest is new
   */
  public void add(Repository repository, Digest subject, ObjectNode descriptor, Instant confirmedAt)
      throws IOException {
    adding.lock();
    try {
      Optional<KnownReferrers> known = known(repository, subject);
      ObjectNode index = known.map(KnownReferrers::index).orElseGet(() -> index(List.of()));
      ArrayNode manifests = index.withArray(MANIFESTS);
      String digest = descriptor.path("digest").asString("");
      for (JsonNode listed : manifests) {
        if (listed.path("digest").asString("").equals(digest)) {
          return;
        }
      }
      manifests.add(descriptor);
      keep(repository, subject, index, known.map(KnownReferrers::confirmedAt).orElse(confirmedAt));
    } finally {
      adding.unlock();
    }
  }

  private ServedReferrers fromHeld(
      Repository repository, Digest subject, ObjectNode held, MutableRecord record)
      throws UpstreamException, IOException {
    Freshness freshness =
        Freshness.of(
            record.confirmedAt(), upstreams.of(repository).config().tags(), clock.instant());
    if (freshness == Freshness.FRESH) {
      return new ServedReferrers(held, Outcome.HIT, Optional.empty());
    }
    CompletableFuture<ObjectNode> refresh = refresh(repository, subject);
    if (freshness == Freshness.REFRESH_BEHIND) {
      return new ServedReferrers(held, Outcome.HIT, Optional.empty());
    }
    try {
      return new ServedReferrers(
          SingleFlight.await(refresh), Outcome.REVALIDATED, Optional.empty());
    } catch (UpstreamException.Denied e) {
      throw e;
    } catch (UpstreamException e) {
      return new ServedReferrers(
          held,
          Outcome.STALE,
          Optional.of(
              new Staleness(
                  record.confirmedAt(), clock.instant(), String.valueOf(e.getMessage()))));
    }
  }

  private Optional<ObjectNode> held(Optional<MutableRecord> record) throws IOException {
    if (record.isEmpty()) {
      return Optional.empty();
    }
    store.used(record.get().digest(), ReplacementPolicy.UNKNOWN_CLIENT);
    return store
        .bytes(record.get().digest())
        .map(JSON::readTree)
        .filter(ObjectNode.class::isInstance)
        .map(ObjectNode.class::cast);
  }

  private CompletableFuture<ObjectNode> refresh(Repository repository, Digest subject) {
    RecordKey key = new RecordKey.OfReferrers(repository, subject);
    return flights.join(key, () -> fetch(repository, subject));
  }

  private ObjectNode fetch(Repository repository, Digest subject) throws UpstreamException {
    ObjectNode index = index(ask(repository, subject));
    try {
      keep(repository, subject, index, clock.instant());
    } catch (IOException e) {
      LOG.warn("referrers of {} are served but not kept: {}", subject, e.getMessage());
    }
    return index;
  }

  private void keep(Repository repository, Digest subject, ObjectNode index, Instant confirmedAt)
      throws IOException {
    byte[] bytes = JSON.writeValueAsBytes(index);
    Digest digest = Digest.sha256(bytes);
    // Linked to no repository: it is ours, and not to be had as a blob of theirs.
    store.put(digest, bytes, MediaType.OCI_INDEX, Origin.PRIVATE, List.of());
    store
        .directory()
        .record(
            new RecordKey.OfReferrers(repository, subject), new MutableRecord(digest, confirmedAt));
  }

  private List<ObjectNode> ask(Repository repository, Digest subject) throws UpstreamException {
    try {
      Referrers referrers = upstreams.of(repository).referrers(repository.name(), subject);
      return referrers.descriptors();
    } catch (UpstreamException.NotFound e) {
      return List.of(); // By the specification this is no error: there are none.
    }
  }

  private static ObjectNode index(List<ObjectNode> descriptors) {
    ObjectNode index = JSON.createObjectNode();
    index.put("schemaVersion", 2);
    index.put("mediaType", MediaType.OCI_INDEX.value());
    ArrayNode manifests = index.putArray(MANIFESTS);
    descriptors.forEach(manifests::add);
    return index;
  }

  /**
   * Referrers as they were last known.
   *
   * @param index an OCI image index of one's own
   * @param confirmedAt when the upstream last confirmed it
   */
  public record KnownReferrers(ObjectNode index, Instant confirmedAt) {}

  /**
   * Referrers to answer with.
   *
   * @param index an OCI image index; not to be changed
   * @param outcome how it came about
   * @param staleness why it may be out of date, if it may
   */
  public record ServedReferrers(ObjectNode index, Outcome outcome, Optional<Staleness> staleness) {

    /** The same with some more; one that is listed already is not listed twice. */
    public ServedReferrers with(List<ObjectNode> more) {
      ObjectNode all = index.deepCopy();
      ArrayNode manifests = all.withArray(MANIFESTS);
      for (ObjectNode descriptor : more) {
        String digest = descriptor.path("digest").asString("");
        if (manifests
            .valueStream()
            .noneMatch(listed -> listed.path("digest").asString("").equals(digest))) {
          manifests.add(descriptor);
        }
      }
      return new ServedReferrers(all, outcome, staleness);
    }

    ServedReferrers filtered(String artifactType) {
      ObjectNode filtered = index.deepCopy();
      ArrayNode manifests = filtered.putArray(MANIFESTS);
      for (JsonNode descriptor : index.path(MANIFESTS)) {
        if (descriptor.path("artifactType").asString("").equals(artifactType)) {
          manifests.add(descriptor);
        }
      }
      return new ServedReferrers(filtered, outcome, staleness);
    }
  }
}

package io.outcrop.proxy.media;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.media.EdgeContent.Consignment;
import io.outcrop.proxy.media.EdgeContent.Delivery;
import io.outcrop.proxy.media.EdgeContent.Known;
import io.outcrop.proxy.media.EdgeContent.Presence;
import io.outcrop.proxy.media.ImportPlan.Need;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Carries the images of a layout to an edge: blobs, then the manifests that name them, then the
 * names. Runs once.
 */
final class Importer {

  // So that the names of repositories fit into the line of a request.
  private static final int MOST_REPOSITORIES = 20;
  private static final int MOST_TRIES = 20;
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final EdgeContent edge;
  private final Watch watch;
  private final boolean force;
  private long sent;
  private long held;

  /**
   * @param force whether to set tags whatever the edge knows of them
   */
  Importer(EdgeContent edge, Watch watch, boolean force) {
    this.edge = edge;
    this.watch = watch;
    this.force = force;
  }

  /**
   * Refuses what cannot fit.
   *
   * @throws MediaException if the edge can never hold all of it at once
   */
  void checkRoom(ImportPlan plan) throws IOException {
    long capacity = edge.capacity();
    if (plan.bytes() > capacity) {
      throw new MediaException(
          "the images have %d bytes, and the edge keeps %d at most: raise storage.capacity, or"
                  .formatted(plan.bytes(), capacity)
              + " carry fewer images");
    }
  }

  /**
   * Brings all that the edge does not hold.
   *
   * @throws MediaException if the layout lacks something, or has something wrong in it
   * @throws IOException if the layout cannot be read, or the edge fails; what is there stays, and
   *     is not sent again
   */
  ImportResult run(ImportPlan plan, DocumentSource documents, BlobSupply blobs) throws IOException {
    watch.begin("importing", plan.bytes());
    Set<Digest> given = new HashSet<>();
    blobs.give(
        plan.blobs().values(),
        (need, source) -> {
          given.add(need.digest());
          bring(need, Optional.empty(), source);
        });
    checkMissing(plan, given);
    for (Need document : plan.documents().values()) {
      byte[] bytes =
          documents
              .document(document.descriptor())
              .orElseThrow(
                  () -> new MediaException("the layout lost " + document.digest() + " meanwhile"));
      bring(
          document,
          Optional.of(document.descriptor().mediaType()),
          offset -> new ByteArrayInputStream(bytes));
    }
    Map<String, Known> kept = names(plan);
    return new ImportResult(plan.images(), sent, held, kept, evicted(plan));
  }

  /** What the layout does not have may be held, if the layout was made to go on top of another. */
  private void checkMissing(ImportPlan plan, Set<Digest> given) throws IOException {
    List<String> missing = new ArrayList<>();
    for (Need need : plan.blobs().values()) {
      if (given.contains(need.digest()) || !need.isRequired()) {
        continue;
      }
      if (isHeld(need.digest(), need.repositories())) {
        held += need.size();
        watch.moved(need.size());
      } else {
        missing.add(need.digest() + " of " + need.repositories().getFirst());
      }
    }
    if (!missing.isEmpty()) {
      throw new MediaException(
          "neither the layout nor the edge has:\n  " + String.join("\n  ", missing));
    }
  }

  private void bring(Need need, Optional<MediaType> mediaType, BlobSupply.Source source)
      throws IOException {
    boolean moved = false;
    for (List<Repository> some : inRequests(need.repositories())) {
      moved |= bring(need, some, mediaType, source);
    }
    if (!moved) {
      held += need.size();
      watch.moved(need.size());
    }
  }

  /** Whether bytes had to be sent. */
  private boolean bring(
      Need need,
      List<Repository> repositories,
      Optional<MediaType> mediaType,
      BlobSupply.Source source)
      throws IOException {
    boolean fromStart = mediaType.isPresent();
    long waitedFrom = System.nanoTime();
    long progress = -1;
    for (int i = 0; i < MOST_TRIES; i++) {
      Presence presence = edge.look(need.digest(), repositories);
      // A manifest is brought all the same: it links what it names to its repositories.
      if (presence instanceof Presence.Held && mediaType.isEmpty()) {
        return false;
      }
      long there = presence instanceof Presence.Absent(long partial) ? partial : 0;
      // A byte at least: there is no way to say that none is left to send.
      long offset = fromStart ? 0 : Math.clamp(there, 0, Math.max(0, need.size() - 1));
      switch (deliver(need, repositories, mediaType, source, offset)) {
        case Delivery.Taken _ -> {
          return true;
        }
        case Delivery.Ahead _ -> {} // What was there is gone: look again.
        case Delivery.Wrong(String why) -> {
          if (offset == 0) {
            throw new MediaException("the layout has wrong bytes in it: " + why);
          }
          // What was there before may have been wrong; it is not there any more.
          fromStart = true;
        }
        case Delivery.Busy _ -> {
          i--;
          if (there != progress) {
            progress = there;
            waitedFrom = System.nanoTime();
          } else if (System.nanoTime() - waitedFrom > PATIENCE.toNanos()) {
            throw new MediaException(
                need.digest()
                    + " has been on its way to the edge by other means, without progress, for "
                    + PATIENCE.toSeconds()
                    + " s");
          }
          LockSupport.parkNanos(PAUSE.toNanos());
        }
      }
    }
    throw new MediaException(need.digest() + " is evicted as fast as it comes");
  }

  private Delivery deliver(
      Need need,
      List<Repository> repositories,
      Optional<MediaType> mediaType,
      BlobSupply.Source source,
      long offset)
      throws IOException {
    try (Counted bytes = new Counted(source.open(offset))) {
      Delivery delivery =
          edge.bring(
              new Consignment(
                  need.digest(),
                  repositories,
                  mediaType,
                  need.isPrivate(),
                  bytes,
                  offset,
                  need.size()));
      if (delivery instanceof Delivery.Taken) {
        held += offset;
        watch.moved(offset);
        sent += bytes.count;
      } else {
        watch.moved(-bytes.count);
      }
      return delivery;
    }
  }

  private Map<String, Known> names(ImportPlan plan) throws IOException {
    Map<String, Known> kept = new LinkedHashMap<>();
    for (ImportImage image : plan.images()) {
      if (image.name().tag().isPresent()) {
        Optional<Known> later =
            edge.setTag(
                image.repository(),
                image.name().tag().get(),
                new Known(image.root().digest(), image.confirmedAt()),
                force);
        later.ifPresent(known -> kept.put(image.name().toString(), known));
      }
      if (image.subject().isPresent()) {
        edge.setReferrer(image.repository(), image.root().digest(), image.confirmedAt());
      }
    }
    return kept;
  }

  private int evicted(ImportPlan plan) throws IOException {
    int evicted = 0;
    for (Map<Digest, Need> needs : List.of(plan.documents(), plan.blobs())) {
      for (Need need : needs.values()) {
        if (need.isRequired() && !isHeld(need.digest(), List.of())) {
          evicted++;
        }
      }
    }
    return evicted;
  }

  private boolean isHeld(Digest digest, List<Repository> repositories) throws IOException {
    for (List<Repository> some : inRequests(repositories)) {
      if (!(edge.look(digest, some) instanceof Presence.Held)) {
        return false;
      }
    }
    return true;
  }

  private static List<List<Repository>> inRequests(List<Repository> repositories) {
    List<List<Repository>> requests = new ArrayList<>();
    int from = 0;
    do {
      int to = Math.min(repositories.size(), from + MOST_REPOSITORIES);
      requests.add(repositories.subList(from, to));
      from = to;
    } while (from < repositories.size());
    return requests;
  }

  /** Counts what is read, as it is read by the one thread that sends. */
  private final class Counted extends FilterInputStream {
    private long count;

    Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      count(b < 0 ? 0 : 1);
      return b;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int read = super.read(target, offset, length);
      count(Math.max(0, read));
      return read;
    }

    private void count(int bytes) {
      count += bytes;
      watch.moved(bytes);
    }
  }
}

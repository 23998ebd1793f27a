package io.outcrop.storage;

import io.outcrop.oci.Digest;
import io.outcrop.storage.Damaged.Finder;
import io.outcrop.storage.Damaged.Kind;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes damaged content out of service: nobody is given it any more, those who read it are told to
 * stop, what there is of it goes to the quarantine, and a record waits for it to be repaired.
 * Thread-safe; blocks on the disk.
 */
final class DamageHandler {

  private static final Logger LOG = LoggerFactory.getLogger(DamageHandler.class);

  /** The part of the store that content is taken out of. */
  interface Service {

    /**
     * Takes content out of index, cache, policy and database, readers or not, and writes down the
     * damage with that. Its bytes stay booked, and are the caller's to free.
     *
     * @return false if it is not in service any more
     */
    boolean withdraw(ContentEntry entry, Damaged damaged, Steps steps);
  }

  /** Is told how a withdrawal goes on; called where nothing else changes what is resident. */
  interface Steps {

    /** There are no further readers; the same content cannot come anew yet. */
    void closed();

    /** It is not listed any more; what there is of it is still in its place. */
    void unlisted();
  }

  private final Service service;
  private final ContentFiles files;
  private final Quarantine quarantine;
  private final SpaceLedger<?> small;
  private final OpenFiles openFiles;
  private final InstantSource clock;
  private final List<Consumer<Damaged>> listeners = new CopyOnWriteArrayList<>();
  private final LongAdder count = new LongAdder();

  DamageHandler(
      Service service,
      ContentFiles files,
      Quarantine quarantine,
      SpaceLedger<?> small,
      OpenFiles openFiles,
      InstantSource clock) {
    this.service = service;
    this.files = files;
    this.quarantine = quarantine;
    this.small = small;
    this.openFiles = openFiles;
    this.clock = clock;
  }

  void onDamage(Consumer<Damaged> listener) {
    listeners.add(listener);
  }

  /** How often content was found damaged since start-up. */
  long count() {
    return count.sum();
  }

  /** Handles content with a file of its own; what is no longer in service is left alone. */
  void damagedFile(Digest digest, ContentEntry entry, Kind kind, Finder finder) {
    Damaged damaged = new Damaged(digest, entry.info(), kind, finder, clock.instant());
    Withdrawal withdrawal = new Withdrawal(damaged);
    if (service.withdraw(entry, damaged, withdrawal)) {
      withdrawal.tellReaders();
      tell(
          damaged,
          files.complete(digest).toString(),
          quarantine.moved(withdrawal.moved, digest, entry.size));
    }
  }

  /**
   * Handles small content.
   *
   * @param body what there is of it
   */
  void damagedBody(
      Digest digest, ContentEntry entry, Kind kind, Finder finder, Optional<byte[]> body) {
    Damaged damaged = new Damaged(digest, entry.info(), kind, finder, clock.instant());
    if (service.withdraw(entry, damaged, new NothingToMove())) {
      small.free(entry.size);
      tell(
          damaged,
          "the database",
          body.flatMap(bytes -> quarantine.takeBytes(bytes, digest, damaged.at())));
    }
  }

  private void tell(Damaged damaged, String where, Optional<Quarantined> kept) {
    count.increment();
    LOG.warn(
        "content {} in {} is damaged: {} (found by {}). It is no longer served and will be fetched"
            + " again. {}If this happens again, check the disk.",
        damaged.content(),
        where,
        damaged.kind().description(),
        damaged.finder() == Finder.SCRUB ? "the scrub" : "a request",
        kept.map(piece -> "What was there is kept as quarantine/" + piece.name() + ". ")
            .orElse(""));
    for (Consumer<Damaged> listener : listeners) {
      listener.accept(damaged);
    }
  }

  /** Of content with a file. */
  private final class Withdrawal implements Steps {

    private final Damaged damaged;
    private long openedBefore;
    private Optional<Path> moved = Optional.empty();

    Withdrawal(Damaged damaged) {
      this.damaged = damaged;
    }

    @Override
    public void closed() {
      openedBefore = openFiles.mark();
    }

    @Override
    public void unlisted() {
      Digest digest = damaged.content();
      moved = quarantine.move(files.complete(digest), digest, damaged.at());
    }

    void tellReaders() {
      // A file that was deleted has the right bytes for those who have it open.
      if (damaged.kind() != Kind.MISSING) {
        openFiles.revoke(damaged.content(), openedBefore);
      }
    }
  }

  /** Of small content, which nobody has open. */
  private static final class NothingToMove implements Steps {

    @Override
    public void closed() {
      // Its readers have copies that were verified.
    }

    @Override
    public void unlisted() {
      // The database drops it with its entry.
    }
  }
}

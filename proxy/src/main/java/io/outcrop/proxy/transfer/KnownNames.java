package io.outcrop.proxy.transfer;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.oci.Tag;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.LinkState;
import io.outcrop.storage.MutableRecord;
import io.outcrop.storage.RecordKey;
import io.outcrop.storage.StoreException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** What tags last meant, as far as this edge knows, to be read and set. Blocks; thread-safe. */
public final class KnownNames {

  private final ContentStore store;
  private final InstantSource clock;
  private final ReentrantLock setting = new ReentrantLock();

  /**
   * @param clock says which times are to come
   */
  public KnownNames(ContentStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /** What a tag last meant. */
  public Optional<MutableRecord> tag(Repository repository, Tag tag) throws StoreException {
    return store.directory().record(new RecordKey.OfTag(repository, tag));
  }

  /**
   * Sets what a tag means, unless that is known from a later time.
   *
   * @param known what it is, and when its upstream said so
   * @param force whether to set it whatever is known
   */
  public Outcome set(Repository repository, Tag tag, MutableRecord known, boolean force)
      throws StoreException {
    if (!isManifestOf(repository, known.digest())) {
      return new Outcome.NoManifest();
    }
    RecordKey key = new RecordKey.OfTag(repository, tag);
    setting.lock();
    try {
      Optional<MutableRecord> before = store.directory().record(key);
      if (before.isPresent() && !force && before.get().confirmedAt().isAfter(known.confirmedAt())) {
        return before.get().digest().equals(known.digest())
            ? new Outcome.Done(false)
            : new Outcome.KnownLater(before.get());
      }
      store.directory().record(key, new MutableRecord(known.digest(), notToCome(known)));
      return new Outcome.Done(
          before.filter(record -> record.digest().equals(known.digest())).isEmpty());
    } finally {
      setting.unlock();
    }
  }

  private boolean isManifestOf(Repository repository, Digest digest) throws StoreException {
    return store.info(digest).filter(info -> info.mediaType().isPresent()).isPresent()
        && store.directory().link(repository, digest) == LinkState.PROVEN;
  }

  /** A time to come, of a clock that is ahead of ours, would make what is known here look old. */
  private Instant notToCome(MutableRecord known) {
    Instant now = clock.instant();
    return known.confirmedAt().isAfter(now) ? now : known.confirmedAt();
  }

  /** What came of setting a tag. */
  public sealed interface Outcome {

    /**
     * It is set.
     *
     * @param changed whether it meant something else before, or nothing
     */
    record Done(boolean changed) implements Outcome {}

    /**
     * It is not, as what is known of it is of a later time.
     *
     * @param known what that is
     */
    record KnownLater(MutableRecord known) implements Outcome {}

    /** It is not, as the repository has no such manifest here. */
    record NoManifest() implements Outcome {}
  }
}

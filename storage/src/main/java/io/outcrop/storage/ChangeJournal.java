package io.outcrop.storage;

import io.outcrop.oci.Digest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What came and went, in order, so that others can follow what is here without asking for all of it
 * again. Written in the same batch as the change itself. Thread-safe; methods may block on the
 * disk.
 *
 * <p>The latest {@value #LENGTH} changes are kept. A loss of power may take back the last of them,
 * and another change then gets the same number: so whoever follows compares the epoch, which is
 * another one after each start, and asks for what it has of the last epoch from a place that it is
 * sure of, or for all.
 */
public final class ChangeJournal {

  /** How many changes are kept. */
  public static final int LENGTH = 100_000;

  private static final byte[] EPOCH_KEY = "epoch".getBytes(StandardCharsets.UTF_8);
  private static final byte CAME = '+';
  private static final byte WENT = '-';

  private final MetadataStore metadata;
  private final long epoch;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile long last;

  private ChangeJournal(MetadataStore metadata, long epoch, long last) {
    this.metadata = metadata;
    this.epoch = epoch;
    this.last = last;
  }

  /** Goes on with the journal of a store, in a new epoch, which is durable when this returns. */
  static ChangeJournal open(MetadataStore metadata) throws StoreException {
    long epoch =
        metadata
                .get(Table.META, EPOCH_KEY)
                .map(value -> ByteBuffer.wrap(value).getLong())
                .orElse(0L)
            + 1;
    metadata.write(new Batch().put(Table.META, EPOCH_KEY, key(epoch)), /* durably= */ true);
    long last =
        metadata.lastKey(Table.JOURNAL).map(key -> ByteBuffer.wrap(key).getLong()).orElse(0L);
    return new ChangeJournal(metadata, epoch, last);
  }

  /** The number of this start among all of this store's, from 1 on. */
  public long epoch() {
    return epoch;
  }

  /** The number of the latest change; 0 before the first. */
  public long last() {
    return last;
  }

  /**
   * The changes behind one, in order.
   *
   * @param sequence the last change that is known already; 0 for none
   * @param limit how many at most
   */
  public Changes since(long sequence, int limit) throws StoreException {
    List<ContentChange> changes = new ArrayList<>();
    long upTo = last;
    metadata.scan(
        Table.JOURNAL,
        new byte[0],
        key(sequence + 1),
        (key, value) -> {
          long at = ByteBuffer.wrap(key).getLong();
          if (changes.size() == limit || at > upTo) {
            return false;
          }
          ByteBuffer change = ByteBuffer.wrap(value);
          boolean present = change.get() == CAME;
          changes.add(new ContentChange(at, DigestCodec.get(change), present));
          return true;
        });
    boolean complete =
        changes.isEmpty() ? sequence == upTo : changes.getFirst().sequence() == sequence + 1;
    return new Changes(epoch, changes, complete || limit == 0);
  }

  /**
   * Writes a batch, and with it a line for each piece of content that comes or goes by it.
   *
   * @param durably whether no loss of power may take this back once it returns
   */
  void write(Batch batch, boolean durably) throws StoreException {
    if (batch.came().isEmpty() && batch.gone().isEmpty()) {
      metadata.write(batch, durably);
      return;
    }
    // Numbers are given out and become visible in one order: whoever has read one has missed none.
    lock.lock();
    try {
      long next = last;
      for (Digest digest : batch.came()) {
        add(batch, ++next, CAME, digest);
      }
      for (Digest digest : batch.gone()) {
        add(batch, ++next, WENT, digest);
      }
      metadata.write(batch, durably);
      last = next;
    } finally {
      lock.unlock();
    }
  }

  private static void add(Batch batch, long sequence, byte sign, Digest digest) {
    ByteBuffer value = ByteBuffer.allocate(1 + DigestCodec.length(digest)).put(sign);
    batch.put(Table.JOURNAL, key(sequence), DigestCodec.put(value, digest).array());
    if (sequence > LENGTH) {
      batch.delete(Table.JOURNAL, key(sequence - LENGTH));
    }
  }

  private static byte[] key(long sequence) {
    return ByteBuffer.allocate(Long.BYTES).putLong(sequence).array();
  }

  /**
   * Some changes.
   *
   * @param epoch of the store, at this time
   * @param changes in order, without gaps
   * @param complete false if older changes than these are forgotten, or the asker knows of more
   *     than there are: then what is here has to be learnt anew
   */
  public record Changes(long epoch, List<ContentChange> changes, boolean complete) {

    /** Copies what is mutable. */
    public Changes {
      changes = List.copyOf(changes);
    }
  }
}

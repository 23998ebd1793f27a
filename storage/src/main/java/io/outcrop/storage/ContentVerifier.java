package io.outcrop.storage;

import io.outcrop.oci.Digest;
import io.outcrop.storage.Damaged.Finder;
import io.outcrop.storage.Damaged.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Hashes resident content again and reports what is not what it should be. Takes no lease: content
 * may be evicted under it, which ends the check at its next step. One thread at a time.
 */
final class ContentVerifier {

  // Small content costs the disk at least a block.
  private static final int LEAST_COST = 4 << 10;

  /** What a check came to. */
  enum Verdict {
    SOUND,
    DAMAGED,
    /** It was evicted, or is not here for another reason. */
    GONE,
    /** It was told to stop. */
    STOPPED
  }

  private final Path folder;
  private final ContentIndex index;
  private final ContentFiles files;
  private final MetadataStore metadata;
  private final DamageHandler damage;
  private final LongAdder bytes = new LongAdder();
  private UncachedFile.@Nullable Buffer buffer;

  /**
   * @param folder where the files are
   */
  ContentVerifier(
      Path folder,
      ContentIndex index,
      ContentFiles files,
      MetadataStore metadata,
      DamageHandler damage) {
    this.folder = folder;
    this.index = index;
    this.files = files;
    this.metadata = metadata;
    this.damage = damage;
  }

  /** Bytes hashed so far; from any thread. */
  long bytes() {
    return bytes.sum();
  }

  /**
   * Checks one piece of content.
   *
   * @param step called before each read: waits until it is due, and answers whether to go on
   * @param done told of each read, its bytes and nanoseconds
   * @throws StoreException if that cannot be told now, and nothing is wrong with the content
   */
  Verdict check(Digest digest, BooleanSupplier step, Read done) throws StoreException {
    ContentEntry entry = index.get(digest);
    if (entry == null) {
      return Verdict.GONE;
    }
    return entry.inline
        ? checkBody(digest, entry, step, done)
        : checkFile(digest, entry, step, done);
  }

  private Verdict checkBody(Digest digest, ContentEntry entry, BooleanSupplier step, Read done)
      throws StoreException {
    if (!step.getAsBoolean()) {
      return Verdict.STOPPED;
    }
    long start = System.nanoTime();
    Optional<byte[]> body = Optional.empty();
    Optional<Kind> damaged;
    try {
      body = metadata.getUncached(Table.BODY, ContentStore.key(digest));
      damaged = damageOf(digest, entry, body);
    } catch (CorruptionException e) {
      damaged = Optional.of(Kind.UNREADABLE);
    }
    bytes.add(entry.size);
    done.read(Math.max(entry.size, LEAST_COST), System.nanoTime() - start);
    if (index.get(digest) != entry) {
      return Verdict.GONE;
    }
    if (damaged.isEmpty()) {
      return Verdict.SOUND;
    }
    damage.damagedBody(digest, entry, damaged.get(), Finder.SCRUB, body);
    return Verdict.DAMAGED;
  }

  private Verdict checkFile(Digest digest, ContentEntry entry, BooleanSupplier step, Read done)
      throws StoreException {
    Optional<Kind> damaged;
    try (UncachedFile file = UncachedFile.open(files.complete(digest), buffer())) {
      if (file.size() == entry.size) {
        MessageDigest hash = digest.algorithm().newMessageDigest();
        BooleanSupplier stepWhileHere = () -> index.get(digest) == entry && step.getAsBoolean();
        if (!hash(file, entry.size, hash, stepWhileHere, done)) {
          return index.get(digest) == entry ? Verdict.STOPPED : Verdict.GONE;
        }
        damaged =
            Digest.finish(digest.algorithm(), hash).equals(digest)
                ? Optional.empty()
                : Optional.of(Kind.WRONG_BYTES);
      } else {
        damaged = Optional.of(Kind.WRONG_LENGTH);
      }
    } catch (IOException e) {
      damaged = ReadFailure.damage(e);
      if (damaged.isEmpty()) {
        throw new StoreException("content " + digest + ": cannot be checked: " + e, e);
      }
    }
    // Evicted, and perhaps here again: what was read is no longer what there is.
    if (index.get(digest) != entry) {
      return Verdict.GONE;
    }
    damaged.ifPresent(kind -> damage.damagedFile(digest, entry, kind, Finder.SCRUB));
    return damaged.isPresent() ? Verdict.DAMAGED : Verdict.SOUND;
  }

  /** Hashes a file to its end; false if it was told to stop. */
  private boolean hash(
      UncachedFile file, long size, MessageDigest hash, BooleanSupplier step, Read done)
      throws IOException {
    long left = size;
    while (left > 0) {
      if (!step.getAsBoolean()) {
        return false;
      }
      long start = System.nanoTime();
      ByteBuffer chunk = file.next();
      int count = chunk.remaining();
      if (count == 0) {
        return true; // Cut short since it was opened: the hash will show it.
      }
      hash.update(chunk);
      left -= count;
      bytes.add(count);
      done.read(count, System.nanoTime() - start);
    }
    return true;
  }

  static Optional<Kind> damageOf(Digest digest, ContentEntry entry, Optional<byte[]> body) {
    if (body.isEmpty()) {
      return Optional.of(Kind.MISSING);
    }
    if (body.get().length != entry.size) {
      return Optional.of(Kind.WRONG_LENGTH);
    }
    return Digest.of(digest.algorithm(), body.get()).equals(digest)
        ? Optional.empty()
        : Optional.of(Kind.WRONG_BYTES);
  }

  private UncachedFile.Buffer buffer() throws IOException {
    if (buffer == null) {
      buffer = new UncachedFile.Buffer(folder);
    }
    return buffer;
  }

  /** Is told of a read. */
  interface Read {
    void read(long bytes, long nanos);
  }
}

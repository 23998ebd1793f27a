package io.outcrop.storage;

import io.outcrop.oci.Digest;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where damaged content goes for an operator to look at: {@code
 * quarantine/<time>-<algorithm>-<hex>}. The newest pieces only, up to a number and a sum of bytes;
 * they take room like any content. Thread-safe.
 */
final class Quarantine {

  private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);
  private static final int MOST_PIECES = 16;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);
  private static final Pattern NAME =
      Pattern.compile("\\d{8}T\\d{6}\\.\\d{3}Z-(sha256|sha512)-([0-9a-f]+)");

  private final Path folder;
  private final long mostBytes;
  private final SpaceLedger<?> room;
  // Never held while the ledger is asked: the ledger asks for dropOldest under its own lock.
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Quarantined> pieces = new ArrayDeque<>(); // Oldest first.
  private long bytes;

  /**
   * @param mostBytes bound on the sum of its pieces
   * @param room where their bytes are booked
   */
  Quarantine(Path folder, long mostBytes, SpaceLedger<?> room) throws StoreException {
    this.folder = folder;
    this.mostBytes = mostBytes;
    this.room = room;
    room.lastResort(this::dropOldest);
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new StoreException("storage path " + folder + ": cannot be made: " + e, e);
    }
  }

  /** Finds what an earlier run left, and books its room; before any other content is there. */
  void restore() throws IOException {
    List<Quarantined> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        Optional<Digest> digest = digest(name); // Else it is not ours.
        if (digest.isPresent()) {
          found.add(new Quarantined(name, digest.get(), FileTree.size(file)));
        }
      }
    }
    found.sort(Comparator.comparing(Quarantined::name));
    for (Quarantined piece : found) {
      room.occupied(piece.bytes());
      keep(piece);
    }
  }

  /** What a piece of some name should have been; empty if that is no name of a piece. */
  static Optional<Digest> digest(String name) {
    Matcher matcher = NAME.matcher(name);
    return matcher.matches()
        ? Digest.tryParse(matcher.group(1) + ':' + matcher.group(2))
        : Optional.empty();
  }

  /**
   * Moves whatever stands where content should be. {@link #moved} must follow, with no lock held.
   *
   * @return where it is now; empty if nothing stood there, or it had to be deleted
   */
  Optional<Path> move(Path file, Digest digest, Instant now) {
    try {
      return Optional.of(Files.move(file, target(digest, now), StandardCopyOption.ATOMIC_MOVE));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      LOG.error("content {}: cannot be moved to {}: {}", digest, folder, e.toString());
      FileTree.deleteOrLog(file);
      return Optional.empty();
    }
  }

  /**
   * Takes account of what was moved.
   *
   * @param booked bytes booked for the content: what is kept here takes them over
   * @param readers those who have the file open: without a name, it takes its room until they leave
   * @return what it is here; empty if there is nothing
   */
  Optional<Quarantined> moved(
      Optional<Path> piece, Digest digest, long booked, Collection<BlobFile> readers) {
    long size = piece.map(FileTree::sizeOrZero).orElse(0L);
    if (size < booked) {
      BlobFile.whenAllClosed(readers, () -> room.free(booked - size));
    } else if (size > booked) {
      // Whatever stood there was longer than the content: it is there, whether it fits or not.
      room.occupied(size - booked);
    }
    Optional<Quarantined> kept =
        piece
            .map(path -> new Quarantined(path.getFileName().toString(), digest, size))
            .filter(this::keep);
    room.enforce();
    return kept;
  }

  /** Takes in the bytes of small content, if there is room. */
  Optional<Quarantined> takeBytes(byte[] body, Digest digest, Instant now) {
    Path file = target(digest, now);
    try {
      room.book(body.length);
    } catch (InsufficientSpaceException e) {
      return Optional.empty();
    }
    try {
      Files.write(file, body);
      return Optional.of(new Quarantined(file.getFileName().toString(), digest, body.length))
          .filter(this::keep);
    } catch (IOException e) {
      LOG.warn("content {}: cannot be kept in {}: {}", digest, folder, e.toString());
      FileTree.deleteOrLog(file);
      room.free(body.length);
      return Optional.empty();
    }
  }

  /** Lets go of the oldest piece, for content that has no other room; false if there is none. */
  boolean dropOldest() {
    Optional<Quarantined> oldest;
    lock.lock();
    try {
      oldest = Optional.ofNullable(pieces.peekFirst());
      oldest.ifPresent(this::strike);
    } finally {
      lock.unlock();
    }
    oldest.ifPresent(this::delete);
    return oldest.isPresent();
  }

  /** What is here, oldest first. */
  List<Quarantined> pieces() {
    lock.lock();
    try {
      return List.copyOf(pieces);
    } finally {
      lock.unlock();
    }
  }

  /** Keeps a piece whose room is booked, at the cost of older ones; false if it is too large. */
  private boolean keep(Quarantined piece) {
    if (piece.bytes() > mostBytes) {
      delete(piece);
      return false;
    }
    long overwritten;
    List<Quarantined> dropped = new ArrayList<>();
    lock.lock();
    try {
      // The same content damaged twice in a millisecond: the file is one, and the newer.
      List<Quarantined> same = pieces.stream().filter(p -> p.name().equals(piece.name())).toList();
      overwritten = same.stream().mapToLong(Quarantined::bytes).sum();
      same.forEach(this::strike);
      pieces.addLast(piece);
      bytes += piece.bytes();
      while (pieces.size() > MOST_PIECES || bytes > mostBytes) {
        Quarantined oldest = pieces.getFirst();
        strike(oldest);
        dropped.add(oldest);
      }
    } finally {
      lock.unlock();
    }
    room.free(overwritten);
    dropped.forEach(this::delete);
    return true;
  }

  private void strike(Quarantined piece) {
    pieces.remove(piece);
    bytes -= piece.bytes();
  }

  private void delete(Quarantined piece) {
    // What cannot be deleted takes room until the next start, which finds it again.
    if (FileTree.deleteOrLog(folder.resolve(piece.name()))) {
      room.free(piece.bytes());
    }
  }

  private Path target(Digest digest, Instant now) {
    return folder.resolve(
        TIME.format(now) + '-' + digest.algorithm().prefix() + '-' + digest.hex());
  }
}

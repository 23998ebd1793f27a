package io.outcrop.storage;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Digest.Algorithm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The files of a store: {@code blobs/<algorithm>/<2 hex>/<hex>} for what is complete, {@code
 * fills/<algorithm>-<hex>} for what is growing. Stateless and thread-safe.
 */
final class ContentFiles {

  private static final int FAN_OUT_LENGTH = 2;
  private static final String DOCUMENT = "document-";

  private static final int GROUPS = 256;

  private final Path blobs;
  private final Path fills;

  ContentFiles(Path root) throws StoreException {
    blobs = root.resolve("blobs");
    fills = root.resolve("fills");
    try {
      Files.createDirectories(fills);
      for (Algorithm algorithm : Algorithm.values()) {
        makeGroups(blobs.resolve(algorithm.prefix()));
      }
    } catch (IOException e) {
      throw new StoreException("storage path " + root + ": cannot be written: " + e, e);
    }
  }

  /** Makes the folders of an algorithm once, so that publishing never has to. */
  private static void makeGroups(Path folder) throws IOException {
    if (Files.isDirectory(folder.resolve(group(GROUPS - 1)))) {
      return; // The last one made stands for all: hundreds of looks would slow every start.
    }
    for (int i = 0; i < GROUPS; i++) {
      Files.createDirectories(folder.resolve(group(i)));
    }
  }

  private static String group(int number) {
    return "%02x".formatted(number);
  }

  Path complete(Digest digest) {
    return group(digest).resolve(digest.hex());
  }

  private Path group(Digest digest) {
    return blobs
        .resolve(digest.algorithm().prefix())
        .resolve(digest.hex().substring(0, FAN_OUT_LENGTH));
  }

  Path partial(Digest digest) {
    return fills.resolve(digest.algorithm().prefix() + '-' + digest.hex());
  }

  /** Opens a complete file; empty if it is not of the length it should have. */
  Optional<FileChannel> openComplete(Digest digest, long size) throws IOException {
    FileChannel channel = FileChannel.open(complete(digest), StandardOpenOption.READ);
    try {
      if (channel.size() == size) {
        return Optional.of(channel);
      }
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    return Optional.empty();
  }

  FileChannel openPartial(Digest digest) throws IOException {
    Path file = partial(digest);
    Set<StandardOpenOption> options =
        Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
    try {
      return FileChannel.open(file, options);
    } catch (IOException e) {
      makePlace(file, e);
      return FileChannel.open(file, options);
    }
  }

  long partialLength(Digest digest) throws IOException {
    try {
      return Files.size(partial(digest));
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  /** Writes and syncs a document to a file of its own, so that two writers never share one. */
  Path newDocument(byte[] body) throws IOException {
    Files.createDirectories(fills); // Somebody may have deleted it by hand.
    Path file = Files.createTempFile(fills, DOCUMENT, "");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(body);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
      return file;
    } catch (IOException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }

  /** Makes a synced file a complete one; atomic, and no matter if the target exists. */
  void publish(Path synced, Digest digest) throws IOException {
    Path target = complete(digest);
    try {
      Files.move(synced, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      makePlace(target, e);
      Files.move(synced, target, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** Makes sure that no loss of power takes back the names of these complete files. */
  void syncFolders(Collection<Digest> digests) throws IOException {
    Set<Path> folders = new HashSet<>();
    for (Digest digest : digests) {
      folders.add(group(digest));
    }
    for (Path folder : folders) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  void deleteComplete(Digest digest) throws IOException {
    FileTree.delete(complete(digest));
  }

  void deletePartial(Digest digest) throws IOException {
    FileTree.delete(partial(digest));
  }

  /**
   * Mends what somebody did by hand to a place that is ours: deleted its folder, or put one there.
   *
   * @throws IOException what failed, if it was not that
   */
  private static void makePlace(Path file, IOException failure) throws IOException {
    Path folder = file.resolveSibling("");
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder);
    } else if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
      FileTree.delete(file);
    } else {
      throw failure;
    }
  }

  /** Visits every complete file; what has no digest for a name is not ours and is left alone. */
  void forEachComplete(Consumer<Digest> visitor) throws IOException {
    for (Algorithm algorithm : Algorithm.values()) {
      try (DirectoryStream<Path> groups =
          Files.newDirectoryStream(blobs.resolve(algorithm.prefix()), Files::isDirectory)) {
        for (Path group : groups) {
          try (DirectoryStream<Path> files = Files.newDirectoryStream(group)) {
            for (Path file : files) {
              Digest.tryParse(algorithm.prefix() + ':' + file.getFileName()).ifPresent(visitor);
            }
          }
        }
      }
    }
  }

  /**
   * The growing files left by an earlier run, least recently written first. Documents whose writer
   * died are deleted; anything else is not ours and is left alone.
   */
  List<Leftover> leftovers() throws IOException {
    List<Leftover> leftovers = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(fills, Files::isRegularFile)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        Optional<Digest> digest = Digest.tryParse(name.replaceFirst("-", ":"));
        if (digest.isPresent()) {
          leftovers.add(
              new Leftover(
                  digest.get(), Files.size(file), Files.getLastModifiedTime(file).toMillis()));
        } else if (name.startsWith(DOCUMENT)) {
          Files.delete(file);
        }
      }
    }
    leftovers.sort(Comparator.comparingLong(Leftover::modifiedMillis));
    return leftovers;
  }

  /** Bytes of the volume that are free for content. */
  long usableBytes() throws IOException {
    return Files.getFileStore(blobs).getUsableSpace();
  }

  /** Fills an array from the start of a file, or as far as that goes. */
  static void readFully(FileChannel channel, byte[] body) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(body);
    while (buffer.hasRemaining() && channel.read(buffer, buffer.position()) >= 0) {
      // Read on: a read may give less than was asked for.
    }
  }

  /** A growing file nobody writes. */
  record Leftover(Digest digest, long length, long modifiedMillis) {}
}

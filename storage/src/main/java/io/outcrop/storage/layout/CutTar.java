package io.outcrop.storage.layout;

import io.outcrop.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/**
 * What a writer that was cut left of a tar: the files that are whole, passed over one by one as far
 * as they are those that would be written again. Not thread-safe.
 */
final class CutTar {

  private static final int RECORD = 512;
  private static final int CHUNK = 256 << 10;

  private final Queue<Whole> files = new ArrayDeque<>();
  private Optional<LayoutIndex> index = Optional.empty();
  private long end;

  private CutTar() {}

  /** One that has nothing. */
  static CutTar none() {
    return new CutTar();
  }

  /**
   * Reads a file as far as it is whole.
   *
   * @param verify whether to read all content and check it, rather than headers only
   */
  static CutTar read(FileChannel channel, boolean verify) throws IOException {
    CutTar cut = new CutTar();
    channel.position(0);
    TarScanner scanner = new TarScanner(Channels.newInputStream(channel), "a cut tar");
    try {
      for (var next = scanner.next(); next.isPresent(); next = scanner.next()) {
        TarScanner.Entry entry = next.get();
        long behind = Math.ceilDiv(entry.offset() + entry.size(), RECORD) * RECORD;
        if (behind > channel.size() || !cut.take(entry, behind, scanner.bytes(), verify)) {
          break;
        }
      }
    } catch (LayoutException e) {
      // Here it was cut: what was read before is what there is.
    }
    return cut;
  }

  /** The index it has, if it got that far. */
  Optional<LayoutIndex> index() {
    return index;
  }

  /** Passes over the next file if it is this one; else it ends before it. */
  boolean passes(LayoutPath path, long size) {
    Whole next = files.peek();
    if (next == null || !next.path.equals(path) || next.size != size) {
      files.clear();
      return false;
    }
    end = next.behind;
    files.remove();
    return true;
  }

  /** Where what was passed over ends. */
  long end() {
    return end;
  }

  private boolean take(TarScanner.Entry entry, long behind, InputStream bytes, boolean verify)
      throws IOException {
    switch (entry.path()) {
      case LayoutPath.Index _ ->
          index = Optional.of(LayoutIndex.parse(Documents.bounded(bytes, LayoutPath.INDEX)));
      case LayoutPath.Blob(Digest digest) -> {
        if (verify && !digest.equals(hash(digest.algorithm(), bytes))) {
          return false;
        }
      }
      case LayoutPath.Marker _, LayoutPath.Other _ -> {}
    }
    files.add(new Whole(entry.path(), entry.size(), behind));
    return true;
  }

  private static Digest hash(Digest.Algorithm algorithm, InputStream bytes) throws IOException {
    MessageDigest hash = algorithm.newMessageDigest();
    byte[] chunk = new byte[CHUNK];
    for (int count = bytes.read(chunk); count >= 0; count = bytes.read(chunk)) {
      hash.update(chunk, 0, count);
    }
    return Digest.finish(algorithm, hash);
  }

  /** A file that is whole, and where the one behind it begins. */
  private record Whole(LayoutPath path, long size, long behind) {}
}

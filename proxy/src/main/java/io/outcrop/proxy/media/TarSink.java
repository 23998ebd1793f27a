package io.outcrop.proxy.media;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.proxy.media.ExportPlan.Piece;
import io.outcrop.storage.layout.LayoutIndex;
import io.outcrop.storage.layout.TarLayoutWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A layout in a tar: a file, which is gone on with where it was cut, or a pipe. */
final class TarSink implements LayoutSink {

  // Of each file in a tar: its header, and what fills its last record.
  private static final long OVERHEAD = 1024;

  private final TarLayoutWriter tar;
  private final Optional<Path> file;

  private TarSink(TarLayoutWriter tar, Optional<Path> file) {
    this.tar = tar;
    this.file = file;
  }

  /**
   * A file.
   *
   * @param verify whether to check what an earlier export left of it, which reads it all
   */
  static TarSink file(Path file, boolean verify) throws IOException {
    return new TarSink(TarLayoutWriter.create(file, verify), Optional.of(file));
  }

  /** A pipe. */
  static TarSink pipe(OutputStream pipe) {
    return new TarSink(TarLayoutWriter.to(pipe), Optional.empty());
  }

  @Override
  public boolean isInOrder() {
    return true;
  }

  @Override
  public void checkRoom(Collection<Piece> pieces) throws IOException {
    if (file.isPresent()) {
      long needed = pieces.stream().mapToLong(piece -> piece.size() + OVERHEAD).sum();
      Room.check(TarLayoutWriter.partial(file.get()), Math.max(0, needed - tar.earlierLength()));
    }
  }

  /**
   * Begins with the index. One that an earlier export began with stays if it names the same images,
   * though their tags were confirmed again meanwhile: else every byte behind it would be written
   * once more.
   */
  @Override
  public void begin(List<Descriptor> entries) throws IOException {
    LayoutIndex index = LayoutIndex.empty();
    for (Descriptor entry : entries) {
      index = index.with(entry);
    }
    Optional<LayoutIndex> earlier = tar.earlierIndex();
    tar.begin(earlier.isPresent() && isAlike(earlier.get(), index) ? earlier.get() : index);
  }

  @Override
  public boolean has(Digest digest, long size) {
    return tar.isThere(digest, size);
  }

  @Override
  public void write(Digest digest, long size, Source source) throws IOException {
    try (InputStream in = source.open(0)) {
      tar.write(digest, size, in);
    }
  }

  @Override
  public void add(List<Descriptor> entries) {
    // All are named from the start.
  }

  @Override
  public void finish() throws IOException {
    tar.finish();
  }

  @Override
  public void close() throws IOException {
    tar.close();
  }

  private static boolean isAlike(LayoutIndex one, LayoutIndex other) {
    return one.entries().stream()
        .map(TarSink::timeless)
        .toList()
        .equals(other.entries().stream().map(TarSink::timeless).toList());
  }

  private static Descriptor timeless(Descriptor entry) {
    Map<String, String> annotations = new HashMap<>(entry.annotations());
    annotations.remove(Marks.CONFIRMED_AT);
    return new Descriptor(
        entry.mediaType(),
        entry.digest(),
        entry.size(),
        entry.platform(),
        entry.artifactType(),
        annotations,
        entry.urls());
  }
}

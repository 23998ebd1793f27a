package io.outcrop.proxy.media;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.proxy.media.ExportPlan.Piece;
import io.outcrop.storage.layout.LayoutBlobWriter;
import io.outcrop.storage.layout.LayoutException;
import io.outcrop.storage.layout.LayoutIndex;
import io.outcrop.storage.layout.OciLayout;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** A layout in a folder, which may have other images in it already. */
final class FolderSink implements LayoutSink {

  private static final int CHUNK = 256 << 10;
  // Each time is a write and a sync of the whole index, and there may be thousands of images.
  private static final Duration BETWEEN_UPDATES = Duration.ofSeconds(2);

  private final Path folder;
  private final OciLayout layout;
  private final boolean verify;
  private final List<Descriptor> waiting = new ArrayList<>();
  private long updatedNanos;

  /**
   * @param verify whether to read what is there and check it, rather than look at its length
   */
  FolderSink(Path folder, boolean verify) throws IOException {
    this.folder = folder;
    this.layout = OciLayout.create(folder);
    this.verify = verify;
    this.updatedNanos = System.nanoTime();
  }

  @Override
  public boolean isInOrder() {
    return false;
  }

  @Override
  public void checkRoom(Collection<Piece> pieces) throws IOException {
    long needed = 0;
    for (Piece piece : pieces) {
      if (layout.size(piece.digest()).orElse(-1) != piece.size()) {
        needed += piece.size();
      }
    }
    Room.check(folder, needed);
  }

  @Override
  public void begin(List<Descriptor> entries) {
    // The index names an image once it is there.
  }

  @Override
  public boolean has(Digest digest, long size) throws IOException {
    return layout.size(digest).orElse(-1) == size && (!verify || layout.isIntact(digest));
  }

  @Override
  public void write(Digest digest, long size, Source source) throws IOException {
    try (LayoutBlobWriter writer = layout.write(digest)) {
      if (writer.length() > size) {
        writer.restart();
      }
      boolean resumed = writer.length() > 0;
      try {
        copy(digest, size, source, writer);
        var _ = writer.commit();
      } catch (LayoutException e) {
        if (!resumed) {
          throw e;
        }
        // What an earlier export left may have rotted; the writer is at the beginning again.
        copy(digest, size, source, writer);
        var _ = writer.commit();
      }
    }
  }

  @Override
  public void add(List<Descriptor> entries) throws IOException {
    waiting.addAll(entries);
    if (System.nanoTime() - updatedNanos > BETWEEN_UPDATES.toNanos()) {
      update();
    }
  }

  @Override
  public void finish() throws IOException {
    update();
  }

  @Override
  public void close() throws IOException {
    try (layout) {
      update();
    }
  }

  private void update() throws IOException {
    if (!waiting.isEmpty()) {
      layout.update(index -> {
        LayoutIndex changed = index;
        for (Descriptor entry : waiting) {
          changed = changed.with(entry);
        }
        return changed;
      });
      waiting.clear();
    }
    updatedNanos = System.nanoTime();
  }

  private static void copy(Digest digest, long size, Source source, LayoutBlobWriter writer)
      throws IOException {
    if (writer.length() == size) {
      return;
    }
    byte[] chunk = new byte[CHUNK];
    try (InputStream in = source.open(writer.length())) {
      while (writer.length() < size) {
        int count = in.read(chunk, 0, (int) Math.min(chunk.length, size - writer.length()));
        if (count < 0) {
          throw new MediaException(digest + ": ended " + (size - writer.length()) + " bytes early");
        }
        writer.write(ByteBuffer.wrap(chunk, 0, count));
      }
    }
  }
}

package io.outcrop.refactor.build;

import io.outcrop.oci.Digest;
import io.outcrop.refactor.compress.LayerStream;
import io.outcrop.refactor.model.Cancellation;
import io.outcrop.refactor.model.EntryType;
import io.outcrop.refactor.model.Limits;
import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.model.RefusedException;
import io.outcrop.refactor.plan.FileContents;
import io.outcrop.refactor.scan.LayerIndex;
import io.outcrop.refactor.tar.TarEntry;
import io.outcrop.refactor.tar.TarReader;
import io.outcrop.refactor.view.View;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The layers an image comes from, for reading files of its view: each layer that is needed is
 * unpacked once a call, up to the last file that is needed. Thread-safe.
 */
public final class SourceLayers implements FileContents {

  private static final int BUFFER_BYTES = 1 << 17;

  private final View view;
  private final List<Digest> blobs;
  private final ContentSource source;
  private final Limits limits;
  private final Cancellation cancellation;

  /**
   * @param blobs the layers of the view, bottom first
   */
  public SourceLayers(
      View view,
      List<Digest> blobs,
      ContentSource source,
      Limits limits,
      Cancellation cancellation) {
    if (blobs.size() != view.layers().size()) {
      throw new IllegalArgumentException(
          "blobs: " + blobs.size() + " (expected: " + view.layers().size() + ")");
    }
    this.view = view;
    this.blobs = List.copyOf(blobs);
    this.source = source;
    this.limits = limits;
    this.cancellation = cancellation;
  }

  @Override
  public void read(int[] entries, Visitor visitor) throws IOException {
    int[] sorted = entries.clone();
    Arrays.sort(sorted);
    for (int layer = 0; layer < blobs.size(); layer++) {
      Map<Long, Integer> byOffset = wanted(sorted, layer);
      if (!byOffset.isEmpty()) {
        readLayer(layer, byOffset, visitor);
      }
    }
  }

  /**
   * The entries of a layer by where their content begins, which for names of one file is the same.
   */
  private Map<Long, Integer> wanted(int[] entries, int layer) {
    Map<Long, Integer> byOffset = new HashMap<>();
    LayerIndex index = view.layers().get(layer);
    for (int entry : entries) {
      if (view.layer(entry) == layer) {
        if (view.type(entry) != EntryType.REGULAR) {
          throw new IllegalArgumentException(
              view.path(entry) + " is a " + view.type(entry) + " (expected: a regular file)");
        }
        byOffset.put(index.offset(view.row(entry)), entry);
      }
    }
    return byOffset;
  }

  private void readLayer(int layer, Map<Long, Integer> byOffset, Visitor visitor)
      throws IOException {
    try (LayerStream blob = LayerStream.open(source.open(blobs.get(layer)), limits);
        InputStream archive = new BufferedInputStream(blob, BUFFER_BYTES)) {
      TarReader reader = new TarReader(archive, limits);
      int left = byOffset.size();
      while (left > 0) {
        cancellation.check();
        Optional<TarEntry> next = reader.next();
        if (next.isEmpty()) {
          throw changed(layer, left + " files are missing");
        }
        TarEntry read = next.get();
        Integer entry = read.type() == TarEntry.REGULAR ? byOffset.get(read.offset()) : null;
        if (entry != null) {
          if (read.size() != view.length(entry)) {
            throw changed(layer, view.path(entry) + " has " + read.size() + " bytes");
          }
          visitor.file(entry, reader.content());
          left--;
        }
      }
    }
  }

  private RefusedException changed(int layer, String what) {
    return new RefusedException(
        Reason.DIGEST_MISMATCH,
        "layer " + blobs.get(layer) + " is not what it was when it was scanned: " + what);
  }
}

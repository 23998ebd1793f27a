package io.outcrop.proxy.media;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.proxy.media.ExportPlan.Piece;
import io.outcrop.proxy.media.ExportPlan.Unit;
import io.outcrop.storage.layout.LayoutException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Carries images from an edge into a layout. Runs once. */
final class Exporter {

  private final EdgeContent edge;
  private final LayoutSink sink;
  private final Watch watch;
  private final Set<Digest> done = new HashSet<>();
  private long written;
  private long found;

  Exporter(EdgeContent edge, LayoutSink sink, Watch watch) {
    this.edge = edge;
    this.sink = sink;
    this.watch = watch;
  }

  /**
   * Writes all that is not there.
   *
   * @throws IOException if the edge or the disk fails; what is whole stays, and is not written
   *     again
   */
  ExportResult run(ExportPlan plan) throws IOException {
    List<Descriptor> entries = new ArrayList<>();
    plan.units().forEach(unit -> entries.addAll(unit.entries()));
    List<Piece> all = plan.documentsFirst();
    sink.checkRoom(all);
    sink.begin(entries);
    watch.begin("exporting", all.stream().mapToLong(Piece::size).sum());
    Map<String, String> failed = sink.isInOrder() ? inOrder(all) : oneByOne(plan);
    sink.finish();
    return new ExportResult(written, found, failed);
  }

  private Map<String, String> inOrder(List<Piece> pieces) throws IOException {
    for (Piece piece : pieces) {
      move(piece);
    }
    return Map.of();
  }

  /** Image by image; one that loses content meanwhile is no reason to leave out the others. */
  private Map<String, String> oneByOne(ExportPlan plan) throws IOException {
    Map<String, String> failed = new LinkedHashMap<>();
    for (Unit unit : plan.units()) {
      try {
        for (Piece piece : unit.pieces()) {
          move(piece);
        }
        sink.add(unit.entries());
      } catch (GoneException | LayoutException e) {
        failed.put(unit.image().name().toString(), String.valueOf(e.getMessage()));
        watch.say(unit.image().name() + ": " + e.getMessage());
      }
    }
    return failed;
  }

  private void move(Piece piece) throws IOException {
    if (done.contains(piece.digest())) {
      return;
    }
    if (sink.has(piece.digest(), piece.size())) {
      found += piece.size();
      watch.moved(piece.size());
    } else {
      write(piece);
    }
    done.add(piece.digest());
  }

  private void write(Piece piece) throws IOException {
    sink.write(
        piece.digest(),
        piece.size(),
        offset -> {
          watch.moved(offset);
          found += offset;
          return new Counted(
              edge.open(piece.digest(), piece.repository(), offset)
                  .orElseThrow(() ->
                      new GoneException(
                          piece.digest()
                              + " was evicted while it was exported: pin the image, and export it"
                              + " again")));
        });
  }

  /** Says that content was held, and is not any more. */
  private static final class GoneException extends IOException {
    private static final long serialVersionUID = 1;

    GoneException(String message) {
      super(message);
    }
  }

  private final class Counted extends FilterInputStream {
    Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      count(b < 0 ? 0 : 1);
      return b;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int count = super.read(target, offset, length);
      count(Math.max(0, count));
      return count;
    }

    private void count(int bytes) {
      written += bytes;
      watch.moved(bytes);
    }
  }
}

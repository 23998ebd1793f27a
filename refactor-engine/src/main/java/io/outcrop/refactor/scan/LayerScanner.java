package io.outcrop.refactor.scan;

import io.outcrop.refactor.compress.LayerStream;
import io.outcrop.refactor.compress.ReadAhead;
import io.outcrop.refactor.model.Cancellation;
import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.model.FilePath;
import io.outcrop.refactor.model.Limits;
import io.outcrop.refactor.model.Metadata;
import io.outcrop.refactor.model.Node;
import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.model.RefusedException;
import io.outcrop.refactor.tar.TarEntry;
import io.outcrop.refactor.tar.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * Reads a layer once, from its compressed bytes to an index of what is in it. One thread expands
 * and hashes the archive, the calling one reads the entries and hashes their content. Thread-safe.
 */
public final class LayerScanner {

  private static final int BUFFER_BYTES = 1 << 16;
  private static final int ENTRIES_A_REPORT = 256;
  private static final long BYTES_A_REPORT = 4 << 20;

  private final Limits limits;

  /**
   * @param limits beyond which a layer is refused
   */
  public LayerScanner(Limits limits) {
    this.limits = limits;
  }

  /**
   * Scans a layer.
   *
   * @param blob the layer as it is stored, which is read to its end and closed
   * @param cancellation gives the scan up within some megabytes
   * @throws RefusedException if the layer is damaged, hostile, or not of a kind engines unpack
   * @throws IOException if the blob cannot be read, or the scan was cancelled
   */
  public LayerIndex scan(InputStream blob, Cancellation cancellation, ScanProgress progress)
      throws IOException {
    MessageDigest diffId = ContentHash.newHash();
    try (LayerStream layer = LayerStream.open(blob, limits);
        ReadAhead archive = new ReadAhead(layer, diffId)) {
      Scan scan = new Scan(layer, archive, cancellation, progress);
      scan.entries();
      long length = scan.rest();
      return scan.index.build(ContentHash.finish(diffId), length, layer.compression());
    }
  }

  /**
   * Checks that a layer is the one that a configuration means.
   *
   * @param expected the layer's entry in {@code rootfs.diff_ids}
   * @throws RefusedException if it is another one
   */
  public static void checkDiffId(LayerIndex index, ContentHash expected) throws RefusedException {
    if (!index.diffId().equals(expected)) {
      throw new RefusedException(
          Reason.DIFF_ID_MISMATCH,
          "unpacked layer: " + index.diffId() + " (expected: " + expected + ")");
    }
  }

  /** One scan under way. */
  private final class Scan {
    private final LayerStream layer;
    private final InputStream archive;
    private final Cancellation cancellation;
    private final ScanProgress progress;
    private final TarReader reader;
    private final EntryReading reading = new EntryReading(limits);
    private final LayerIndexBuilder index = new LayerIndexBuilder(limits.maxEntries());
    private final Whiteouts whiteouts = new Whiteouts(index);
    private final MessageDigest contentHash = ContentHash.newHash();
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int entries;
    private long sinceReport;
    private long sparseBytes;

    Scan(LayerStream layer, InputStream archive, Cancellation cancellation, ScanProgress progress) {
      this.layer = layer;
      this.archive = archive;
      this.cancellation = cancellation;
      this.progress = progress;
      this.reader = new TarReader(archive, limits);
    }

    void entries() throws IOException {
      for (Optional<TarEntry> next = reader.next(); next.isPresent(); next = reader.next()) {
        if (++entries > limits.maxEntries()) {
          throw new RefusedException(
              Reason.TOO_MANY_ENTRIES,
              "more than " + limits.maxEntries() + " entries in one layer");
        }
        if (entries % ENTRIES_A_REPORT == 0) {
          report();
        }
        add(next.get());
      }
    }

    private void add(TarEntry entry) throws IOException {
      FilePath path = reading.path(entry.name());
      if (whiteouts.hides(path)) {
        return;
      }
      Metadata metadata = reading.metadata(entry);
      if (entry.sparse()) {
        checkHoles(entry);
      }
      Node node =
          entry.type() == TarEntry.REGULAR
              ? new Node.RegularFile(entry.size(), content())
              : reading.node(entry);
      if (EntryReading.isOverlayMarker(metadata, node)) {
        index.ambiguous(Reason.OVERLAY_MARKER, path, "is a marker of overlay file systems");
      }
      index.add(path, metadata, node, entry.offset());
    }

    /** Holes cost nothing to send, but their zeros are to be hashed. */
    private void checkHoles(TarEntry entry) throws RefusedException {
      sparseBytes += entry.size();
      if (sparseBytes > limits.maxLayerBytes()) {
        throw new RefusedException(
            Reason.LAYER_TOO_LARGE,
            "sparse files of a layer: more than " + limits.maxLayerBytes() + " bytes");
      }
      if (sparseBytes > Limits.RATIO_FREE_BYTES
          && sparseBytes / limits.maxRatio() > layer.packedBytes()) {
        throw new RefusedException(
            Reason.COMPRESSION_RATIO,
            "sparse files of "
                + sparseBytes
                + " bytes: more than "
                + limits.maxRatio()
                + " times what has been read of the layer");
      }
    }

    private ContentHash content() throws IOException {
      boolean empty = true;
      for (int read = read(); read >= 0; read = read()) {
        contentHash.update(buffer, 0, read);
        empty = false;
      }
      return empty ? ContentHash.OF_NOTHING : ContentHash.finish(contentHash);
    }

    private int read() throws IOException {
      int read = reader.read(buffer, 0, buffer.length);
      sinceReport += Math.max(read, 0);
      if (sinceReport >= BYTES_A_REPORT) {
        report();
      }
      return read;
    }

    /** Reads what is behind the last entry, as it counts for the hash. */
    long rest() throws IOException {
      long length = reader.position();
      for (int read = archive.read(buffer); read >= 0; read = archive.read(buffer)) {
        length += read;
        sinceReport += read;
        if (sinceReport >= BYTES_A_REPORT) {
          report();
        }
      }
      report();
      return length;
    }

    private void report() throws IOException {
      sinceReport = 0;
      cancellation.check();
      progress.scanned(layer.packedBytes(), reader.position(), entries);
    }
  }
}

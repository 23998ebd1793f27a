package io.outcrop.refactor.scan;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.outcrop.refactor.compress.Compression;
import io.outcrop.refactor.model.Ambiguity;
import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.model.Reason;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Layer indexes as bytes, to be kept: a row by its directory and its last component, numbers by
 * their difference from the one before, all of it compressed with a checksum.
 */
public final class LayerIndexCodec {

  private static final int MAGIC = 0x4f58_4c31;
  private static final int MAX_ROWS = 1 << 24;
  private static final int MAX_STRING = 1 << 20;
  private static final int LEVEL = 3;

  private LayerIndexCodec() {}

  /** Writes an index; the stream stays open. */
  public static void write(LayerIndex index, OutputStream target) throws IOException {
    ZstdOutputStreamNoFinalizer packed =
        new ZstdOutputStreamNoFinalizer(target, LEVEL).setChecksum(true);
    try {
      DataOutputStream out = new DataOutputStream(new BufferedOutputStream(packed));
      out.writeInt(MAGIC);
      out.write(index.diffId().toByteArray());
      Varints.write(out, index.tarLength());
      string(out, index.compression().name());
      out.writeBoolean(index.isRootOpaque());
      Varints.write(out, index.ambiguities().size());
      for (Ambiguity ambiguity : index.ambiguities()) {
        string(out, ambiguity.reason().name());
        string(out, ambiguity.detail());
      }
      FileTableCodec.write(index.table(), out);
      rows(index, out);
      out.flush();
    } finally {
      packed.closeWithoutClosingParentStream();
    }
  }

  private static void rows(LayerIndex index, DataOutputStream out) throws IOException {
    Varints.write(out, index.size());
    int fileBefore = 0;
    for (int row = 0; row < index.size(); row++) {
      Varints.write(out, row - index.parent(row));
      byte[] name = index.name(row).toByteArray();
      Varints.write(out, name.length);
      out.write(name);
      out.writeByte(index.marks(row));
      Varints.writeSigned(out, index.file(row) - fileBefore);
      fileBefore = index.file(row);
    }
  }

  private static void string(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    Varints.write(out, bytes.length);
    out.write(bytes);
  }

  /**
   * Reads an index.
   *
   * @throws IOException if the bytes are damaged, or not of this form
   */
  public static LayerIndex read(InputStream source) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(new ZstdInputStreamNoFinalizer(source)))) {
      LayerIndex index = read(in);
      // The checksum comes with the end.
      if (in.read() >= 0) {
        throw new IOException("layer index: more than it says");
      }
      return index;
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new IOException("layer index: damaged", e);
    }
  }

  private static LayerIndex read(DataInputStream in) throws IOException {
    if (in.readInt() != MAGIC) {
      throw new IOException("layer index: of another form");
    }
    ContentHash diffId = ContentHash.read(bytes(in, ContentHash.BYTES), 0);
    long tarLength = Varints.read(in);
    Compression compression = Compression.valueOf(string(in));
    boolean opaqueRoot = in.readBoolean();
    List<Ambiguity> ambiguities = new ArrayList<>();
    for (int left = Varints.read(in, LayerIndexBuilder.AMBIGUITIES_KEPT); left > 0; left--) {
      ambiguities.add(new Ambiguity(Reason.valueOf(string(in)), string(in)));
    }
    FileTable table = FileTableCodec.read(in);
    int size = Varints.read(in, MAX_ROWS);
    IntColumn parents = new IntColumn();
    ByteColumn names = new ByteColumn();
    IntColumn nameEnds = new IntColumn();
    ByteColumn marks = new ByteColumn();
    IntColumn files = new IntColumn();
    long file = 0;
    for (int row = 0; row < size; row++) {
      int back = Varints.read(in, row + 1);
      if (back == 0) {
        throw new IOException("layer index: a directory in itself");
      }
      parents.add(row - back);
      byte[] name = bytes(in, Varints.read(in, MAX_STRING));
      names.add(name, 0, name.length);
      nameEnds.add(names.size());
      marks.add(in.readByte());
      file += Varints.readSigned(in);
      files.add(checkedFile(file, marks.get(row), table));
    }
    return new LayerIndex(
        diffId,
        tarLength,
        compression,
        opaqueRoot,
        parents.toArray(),
        names.toArray(),
        nameEnds.toArray(),
        marks.toArray(),
        files.toArray(),
        table,
        ambiguities);
  }

  private static int checkedFile(long file, byte marks, FileTable table) throws IOException {
    boolean whiteout = (marks & LayerIndex.WHITEOUT) != 0;
    if (whiteout ? file != -1 : file < 0 || file >= table.size()) {
      throw new IOException("layer index: file " + file + " of " + table.size());
    }
    return (int) file;
  }

  static byte[] bytes(DataInputStream in, int length) throws IOException {
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return bytes;
  }

  private static String string(DataInputStream in) throws IOException {
    return new String(bytes(in, Varints.read(in, MAX_STRING)), UTF_8);
  }
}

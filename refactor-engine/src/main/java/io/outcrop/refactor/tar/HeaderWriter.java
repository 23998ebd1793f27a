package io.outcrop.refactor.tar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.outcrop.refactor.model.Entry;
import io.outcrop.refactor.model.EntryType;
import io.outcrop.refactor.model.Metadata;
import io.outcrop.refactor.model.Node;
import java.util.Arrays;

/**
 * Writes the headers of entries into a buffer, in the one form there is: ustar, with an extended
 * header before it only where ustar has no room. Reused; not thread-safe.
 */
final class HeaderWriter {

  private static final byte[] PAX_NAME = "PaxHeader".getBytes(ISO_8859_1);
  private static final int NAME_BYTES = 100;
  private static final int PREFIX_BYTES = 155;
  private static final int PREFIX = 345;
  private static final int CHECKSUM = 148;
  private static final int SIZE_DIGITS = 11;
  private static final int ID_DIGITS = 7;

  private byte[] bytes = new byte[4 * TarBlock.BYTES];
  private int size;

  byte[] bytes() {
    return bytes;
  }

  /** How many bytes of the buffer the headers take: whole blocks. */
  int size() {
    return size;
  }

  /**
   * Takes an entry.
   *
   * @throws IllegalArgumentException if an attribute has a name that no archive can hold
   */
  void set(Entry entry) {
    byte[] name = name(entry);
    int split = split(name);
    byte[] link = linkName(entry.node());
    PaxWriter pax = extended(entry, split < 0 ? name : new byte[0], link);
    size = 0;
    if (!pax.isEmpty()) {
      byte[] records = pax.toByteArray();
      block(PAX_NAME, 0, TarEntry.PAX_HEADER, 0644, 0, 0, records.length, 0);
      checksum(size - TarBlock.BYTES);
      append(records);
    }
    header(entry, split < 0 ? Arrays.copyOf(name, NAME_BYTES) : name, Math.max(split, 0), link);
  }

  private void header(Entry entry, byte[] name, int split, byte[] link) {
    Metadata metadata = entry.metadata();
    int start = size;
    block(
        name,
        split,
        type(entry.node()),
        metadata.mode(),
        fitting(metadata.uid(), ID_DIGITS),
        fitting(metadata.gid(), ID_DIGITS),
        fitting(length(entry.node()), SIZE_DIGITS),
        fitting(metadata.seconds(), SIZE_DIGITS));
    System.arraycopy(link, 0, bytes, start + 157, Math.min(link.length, NAME_BYTES));
    if (entry.node() instanceof Node.Device device) {
      octal(start + 329, device.major(), ID_DIGITS);
      octal(start + 337, device.minor(), ID_DIGITS);
    }
    checksum(start);
  }

  private static PaxWriter extended(Entry entry, byte[] longName, byte[] link) {
    Metadata metadata = entry.metadata();
    PaxWriter pax = new PaxWriter();
    if (longName.length > 0) {
      pax.path("path", longName);
    }
    if (link.length > NAME_BYTES) {
      pax.path("linkpath", link);
    }
    number(pax, "uid", metadata.uid(), ID_DIGITS);
    number(pax, "gid", metadata.gid(), ID_DIGITS);
    number(pax, "size", length(entry.node()), SIZE_DIGITS);
    if (metadata.nanos() != 0 || !fits(metadata.seconds(), SIZE_DIGITS)) {
      pax.text("mtime", new PaxTime(metadata.seconds(), metadata.nanos()).toString());
    }
    metadata.xattrs().forEach(pax::xattr);
    return pax;
  }

  private static void number(PaxWriter pax, String key, long value, int digits) {
    if (!fits(value, digits)) {
      pax.text(key, Long.toString(value));
    }
  }

  /** A directory is spelled with a slash at its end. */
  private static byte[] name(Entry entry) {
    boolean directory = entry.node() instanceof Node.Directory;
    byte[] name = new byte[entry.path().length() + (directory ? 1 : 0)];
    entry.path().copyTo(name, 0);
    if (directory) {
      name[name.length - 1] = '/';
    }
    return name;
  }

  private static byte[] linkName(Node node) {
    return switch (node) {
      case Node.SymbolicLink link -> link.target().toByteArray();
      case Node.HardLink link -> link.target().toByteArray();
      case Node.Directory _, Node.RegularFile _, Node.Device _, Node.Fifo _ -> new byte[0];
    };
  }

  private static long length(Node node) {
    return node instanceof Node.RegularFile file ? file.length() : 0;
  }

  private static byte type(Node node) {
    return switch (node) {
      case Node.RegularFile _ -> TarEntry.REGULAR;
      case Node.HardLink _ -> TarEntry.HARD_LINK;
      case Node.SymbolicLink _ -> TarEntry.SYMLINK;
      case Node.Device device ->
          device.type() == EntryType.CHARACTER_DEVICE
              ? TarEntry.CHARACTER_DEVICE
              : TarEntry.BLOCK_DEVICE;
      case Node.Directory _ -> TarEntry.DIRECTORY;
      case Node.Fifo _ -> TarEntry.FIFO;
    };
  }

  /**
   * Where to split a name into prefix and name: the length of the prefix, which is as long as
   * possible; 0 if none is needed; -1 if it does not fit.
   */
  private static int split(byte[] name) {
    if (name.length <= NAME_BYTES) {
      return 0;
    }
    // Not at the slash that ends the name of a directory.
    int slash = Math.min(PREFIX_BYTES, name.length - 2);
    while (slash > 0 && name[slash] != '/') {
      slash--;
    }
    return slash > 0 && name.length - slash - 1 <= NAME_BYTES ? slash : -1;
  }

  /** Appends a header without link, devices and checksum. */
  private void block(
      byte[] name, int prefix, byte type, int mode, long uid, long gid, long length, long seconds) {
    int start = size;
    reserve(TarBlock.BYTES);
    if (prefix > 0) {
      System.arraycopy(name, 0, bytes, start + PREFIX, prefix);
      System.arraycopy(name, prefix + 1, bytes, start, name.length - prefix - 1);
    } else {
      System.arraycopy(name, 0, bytes, start, name.length);
    }
    octal(start + 100, mode, ID_DIGITS);
    octal(start + 108, uid, ID_DIGITS);
    octal(start + 116, gid, ID_DIGITS);
    octal(start + 124, length, SIZE_DIGITS);
    octal(start + 136, seconds, SIZE_DIGITS);
    bytes[start + 156] = type;
    byte[] magic = {'u', 's', 't', 'a', 'r', 0, '0', '0'};
    System.arraycopy(magic, 0, bytes, start + 257, magic.length);
    octal(start + 329, 0, ID_DIGITS);
    octal(start + 337, 0, ID_DIGITS);
  }

  private void checksum(int start) {
    Arrays.fill(bytes, start + CHECKSUM, start + CHECKSUM + 8, (byte) ' ');
    int sum = 0;
    for (int i = start; i < start + TarBlock.BYTES; i++) {
      sum += Byte.toUnsignedInt(bytes[i]);
    }
    octal(start + CHECKSUM, sum, 6);
    bytes[start + CHECKSUM + 6] = 0;
  }

  private void append(byte[] records) {
    int start = size;
    reserve((records.length + TarBlock.BYTES - 1) & -TarBlock.BYTES);
    System.arraycopy(records, 0, bytes, start, records.length);
  }

  /** Makes the headers longer, by zeros. */
  private void reserve(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
    Arrays.fill(bytes, size, size + more, (byte) 0);
    size += more;
  }

  private static boolean fits(long value, int digits) {
    return value >= 0 && value >>> (3 * digits) == 0;
  }

  /** The number, or 0 where an extended header has it. */
  private static long fitting(long value, int digits) {
    return fits(value, digits) ? value : 0;
  }

  private void octal(int offset, long value, int digits) {
    long rest = value;
    for (int i = offset + digits - 1; i >= offset; i--) {
      bytes[i] = (byte) ('0' + (rest & 7));
      rest >>>= 3;
    }
  }
}

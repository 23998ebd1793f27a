package io.outcrop.refactor.tar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;

/** Archives written field by field, so that they can be as odd as they like. Text is Latin-1. */
public final class RawTar {

  /** The bytes of a header while they are being changed. */
  public static final class Header {
    private final byte[] block = new byte[512];

    private Header(String name, char type, long size) {
      text(0, 100, name);
      octal(100, 8, 0644);
      octal(108, 8, 0);
      octal(116, 8, 0);
      octal(124, 12, size);
      octal(136, 12, 0);
      block[156] = (byte) type;
      text(257, 8, "ustar\00000");
    }

    /** Puts text into a field, cut to its length. */
    public Header text(int offset, int length, String value) {
      byte[] bytes = value.getBytes(ISO_8859_1);
      Arrays.fill(block, offset, offset + length, (byte) 0);
      System.arraycopy(bytes, 0, block, offset, Math.min(length, bytes.length));
      return this;
    }

    /** Puts an octal number into a field, with a NUL at its end. */
    public Header octal(int offset, int length, long value) {
      return text(
          offset,
          length,
          String.format("%" + (length - 1) + "s", Long.toOctalString(value)).replace(' ', '0'));
    }

    /** Puts a binary number into a field. */
    public Header binary(int offset, int length, long value) {
      for (int i = 0; i < length; i++) {
        int shift = 8 * (length - 1 - i);
        block[offset + i] = (byte) (shift >= 64 ? value >> 63 : value >> shift);
      }
      block[offset] |= (byte) 0x80;
      return this;
    }

    public Header mode(int mode) {
      return octal(100, 8, mode);
    }

    public Header owner(int uid, int gid) {
      return octal(108, 8, uid).octal(116, 8, gid);
    }

    public Header seconds(long seconds) {
      return seconds < 0 ? binary(136, 12, seconds) : octal(136, 12, seconds);
    }

    public Header link(String target) {
      return text(157, 100, target);
    }

    public Header device(int major, int minor) {
      return octal(329, 8, major).octal(337, 8, minor);
    }

    public Header prefix(String prefix) {
      return text(345, 155, prefix);
    }

    public Header gnu() {
      return text(257, 8, "ustar  ");
    }

    public Header v7() {
      Arrays.fill(block, 257, 512, (byte) 0);
      return this;
    }

    private byte[] bytes(boolean signed) {
      Arrays.fill(block, 148, 156, (byte) ' ');
      int sum = 0;
      for (byte b : block) {
        sum += signed ? b : Byte.toUnsignedInt(b);
      }
      text(148, 8, String.format("%06o\0 ", sum));
      return block;
    }
  }

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Adds an entry, padded to a block. */
  public RawTar add(String name, char type, String content, Consumer<Header> change) {
    return add(name, type, content.getBytes(ISO_8859_1), change);
  }

  /** Adds an entry, padded to a block. */
  public RawTar add(String name, char type, byte[] content, Consumer<Header> change) {
    Header header = new Header(name, type, content.length);
    change.accept(header);
    out.writeBytes(header.bytes(false));
    return raw(content).pad();
  }

  /** Adds a header whose checksum was made as if bytes had signs. */
  public RawTar addWithSignedChecksum(String name) {
    out.writeBytes(new Header(name, '0', 0).bytes(true));
    return this;
  }

  public RawTar add(String name, char type, String content) {
    return add(name, type, content, header -> {});
  }

  public RawTar file(String name, String content) {
    return add(name, '0', content);
  }

  public RawTar directory(String name) {
    return add(name, '5', "", header -> header.mode(0755));
  }

  public RawTar symlink(String name, String target) {
    return add(name, '2', "", header -> header.mode(0777).link(target));
  }

  public RawTar hardLink(String name, String target) {
    return add(name, '1', "", header -> header.link(target));
  }

  /** Adds an extended header for the next entry. */
  public RawTar pax(Map<String, String> records) {
    return add("PaxHeader", 'x', records(records));
  }

  /** Records of an extended header. */
  public static String records(Map<String, String> records) {
    StringBuilder text = new StringBuilder();
    records.forEach((key, value) -> text.append(record(key, value)));
    return text.toString();
  }

  /** One record of an extended header. */
  public static String record(String key, String value) {
    int rest = key.length() + value.length() + 3;
    int length = rest + Integer.toString(rest).length();
    return (rest + Integer.toString(length).length()) + " " + key + "=" + value + "\n";
  }

  /** Adds any bytes. */
  public RawTar raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  private RawTar pad() {
    return raw(new byte[-out.size() & 511]);
  }

  /** The archive without an end. */
  public byte[] open() {
    return out.toByteArray();
  }

  /** The archive with two blocks of zeros at its end. */
  public byte[] bytes() {
    raw(new byte[1024]);
    return out.toByteArray();
  }
}

package io.outcrop.storage;

import io.outcrop.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Content that is to stay, whatever else there is no room for.
 *
 * @param name what an operator calls it: an image, by tag or digest; not empty
 * @param platforms the platforms it was pinned for, such as {@code linux/arm64}; empty for all
 * @param root the manifest or index that the name stood for
 * @param content what stays, root included, and how large each is; need not be resident
 * @param since when it was pinned, to the millisecond
 */
public record Pin(
    String name, List<String> platforms, Digest root, Map<Digest, Long> content, Instant since) {

  private static final byte FORMAT = 1;

  /**
   * Copies what is mutable.
   *
   * @throws IllegalArgumentException if the name is empty or a size negative
   */
  public Pin {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("pin: no name");
    }
    platforms = List.copyOf(platforms);
    content = Collections.unmodifiableMap(new LinkedHashMap<>(content));
    for (Map.Entry<Digest, Long> piece : content.entrySet()) {
      if (piece.getValue() < 0) {
        throw new IllegalArgumentException(
            "pin " + name + ": " + piece + " (expected: a size of at least 0)");
      }
    }
    since = Instant.ofEpochMilli(since.toEpochMilli());
  }

  byte[] encoded() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      out.writeLong(since.toEpochMilli());
      out.write(DigestCodec.encode(root));
      out.writeInt(platforms.size());
      for (String platform : platforms) {
        out.writeUTF(platform);
      }
      out.writeInt(content.size());
      for (Map.Entry<Digest, Long> piece : content.entrySet()) {
        out.write(DigestCodec.encode(piece.getKey()));
        out.writeLong(piece.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }

  static Pin decode(String name, byte[] value) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(value))) {
      byte format = in.readByte();
      if (format != FORMAT) {
        throw new IllegalStateException("pin format: " + format + " (expected: " + FORMAT + ")");
      }
      Instant since = Instant.ofEpochMilli(in.readLong());
      Digest root = DigestCodec.read(in);
      List<String> platforms = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        platforms.add(in.readUTF());
      }
      Map<Digest, Long> content = new LinkedHashMap<>();
      for (int left = in.readInt(); left > 0; left--) {
        content.put(DigestCodec.read(in), in.readLong());
      }
      return new Pin(name, platforms, root, content, since);
    } catch (IOException e) {
      throw new IllegalStateException("pin " + name + ": cut short", e);
    }
  }
}

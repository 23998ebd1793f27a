package io.outcrop.storage;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What came of making an image of another one.
 *
 * @param source the manifest or index it was made of
 * @param recipe how, as a text: equal texts make equal images
 * @param sourceBytes how much the layers of the source are together
 * @param at when, to the millisecond
 * @param result what came of it
 */
public record DerivedImage(
    Digest source, String recipe, long sourceBytes, Instant at, Result result) {

  private static final byte FORMAT = 1;
  private static final byte MADE = 'm';
  private static final byte REFUSED = 'r';

  /** What came of it. */
  public sealed interface Result {}

  /**
   * An image was made.
   *
   * @param root its manifest or index
   * @param mediaType the type of that
   * @param parts all that it consists of and that was made here, the root among them
   */
  public record Made(Digest root, MediaType mediaType, List<Part> parts) implements Result {
    /** Copies what is mutable. */
    public Made {
      parts = List.copyOf(parts);
    }
  }

  /**
   * No image can be made of the source.
   *
   * @param reason the kind of reason, a stable word
   * @param detail what and where, for people
   */
  public record Refused(String reason, String detail) implements Result {}

  /** What a part is. */
  public enum Kind {
    /** A manifest or index. */
    DOCUMENT,
    /** The configuration of an image. */
    CONFIGURATION,
    /** A layer. */
    LAYER
  }

  /**
   * A part of a made image.
   *
   * @param size its length in bytes
   * @param unpackedSize how much is to be read and written to make it again
   * @param isNew whether it was not here before
   */
  public record Part(
      Digest digest, Kind kind, MediaType mediaType, long size, long unpackedSize, boolean isNew) {}

  /** Cuts the time to what the database keeps, so that a record equals itself read back. */
  public DerivedImage {
    at = Instant.ofEpochMilli(at.toEpochMilli());
  }

  byte[] encoded() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      out.write(DigestCodec.encode(source));
      out.writeUTF(recipe);
      out.writeLong(sourceBytes);
      out.writeLong(at.toEpochMilli());
      switch (result) {
        case Made made -> encode(made, out);
        case Refused refused -> {
          out.writeByte(REFUSED);
          out.writeUTF(refused.reason);
          out.writeUTF(shortened(refused.detail));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }

  private static void encode(Made made, DataOutputStream out) throws IOException {
    out.writeByte(MADE);
    out.write(DigestCodec.encode(made.root));
    out.writeUTF(made.mediaType.value());
    out.writeInt(made.parts.size());
    for (Part part : made.parts) {
      out.write(DigestCodec.encode(part.digest));
      out.writeUTF(part.kind.name());
      out.writeUTF(part.mediaType.value());
      out.writeLong(part.size);
      out.writeLong(part.unpackedSize);
      out.writeBoolean(part.isNew);
    }
  }

  static DerivedImage decode(byte[] value) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(value))) {
      byte format = in.readByte();
      if (format != FORMAT) {
        throw new IllegalStateException(
            "derived image format: " + format + " (expected: " + FORMAT + ")");
      }
      return new DerivedImage(
          DigestCodec.read(in),
          in.readUTF(),
          in.readLong(),
          Instant.ofEpochMilli(in.readLong()),
          in.readByte() == MADE ? made(in) : new Refused(in.readUTF(), in.readUTF()));
    } catch (IOException e) {
      throw new IllegalStateException("derived image: cut short", e);
    }
  }

  private static Made made(DataInputStream in) throws IOException {
    Digest root = DigestCodec.read(in);
    MediaType mediaType = new MediaType(in.readUTF());
    List<Part> parts = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      parts.add(
          new Part(
              DigestCodec.read(in),
              Kind.valueOf(in.readUTF()),
              new MediaType(in.readUTF()),
              in.readLong(),
              in.readLong(),
              in.readBoolean()));
    }
    return new Made(root, mediaType, parts);
  }

  /** Names out of images may be as long as they like. */
  private static String shortened(String text) {
    int most = 1_000;
    return text.length() <= most ? text : text.substring(0, most) + "…";
  }
}

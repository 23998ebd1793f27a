package io.outcrop.storage.layout;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Layouts made up for tests. */
final class Layouts {

  static final String NAME = "docker.io/library/debian:12-slim";

  private Layouts() {}

  static byte[] noise(long seed, int size) {
    byte[] bytes = new byte[size];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static Descriptor named(Digest digest, long size, String name) {
    return new Descriptor(
        MediaType.OCI_MANIFEST,
        digest,
        size,
        Optional.empty(),
        Optional.empty(),
        Map.of(LayoutIndex.REFERENCE_NAME, name),
        List.of());
  }

  static Descriptor descriptor(byte[] content) {
    return Descriptor.of(MediaType.OCI_MANIFEST, Digest.sha256(content), content.length);
  }

  static Digest write(OciLayout layout, byte[] content) throws IOException {
    Digest digest = Digest.sha256(content);
    try (LayoutBlobWriter writer = layout.write(digest)) {
      writer.write(ByteBuffer.wrap(content));
      return writer.commit();
    }
  }

  static byte[] read(LayoutReader layout, Digest digest) throws IOException {
    try (InputStream in = layout.open(digest)) {
      return in.readAllBytes();
    }
  }

  static ByteArrayInputStream stream(byte[] bytes) {
    return new ByteArrayInputStream(bytes);
  }

  /** A tar in the making, of whatever entries. */
  static final class Tar {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes);

    Tar() {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    }

    static Tar ofLayout() {
      return new Tar().file(LayoutPath.MARKER, Documents.MARKER);
    }

    Tar file(String name, byte[] content) {
      TarArchiveEntry entry = new TarArchiveEntry(name, true);
      entry.setSize(content.length);
      return entry(entry, content);
    }

    Tar blob(byte[] content) {
      return file(LayoutPath.of(Digest.sha256(content)), content);
    }

    Tar index(Descriptor... entries) {
      try {
        LayoutIndex index = LayoutIndex.empty();
        for (Descriptor entry : entries) {
          index = index.with(entry);
        }
        return file(LayoutPath.INDEX, index.bytes());
      } catch (LayoutException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** An entry that is no file. */
    Tar special(String name, byte type, String target) {
      TarArchiveEntry entry = new TarArchiveEntry(name, type, true);
      entry.setLinkName(target);
      return entry(entry, new byte[0]);
    }

    Tar entry(TarArchiveEntry entry, byte[] content) {
      try {
        // A whole second, as a fraction of one takes a header of its own.
        entry.setLastModifiedTime(FileTime.fromMillis(1_700_000_000_000L));
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
        return this;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    byte[] end() {
      try {
        tar.close();
        return bytes.toByteArray();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}

package io.outcrop.refactor.tar;

import io.outcrop.refactor.model.ByteString;
import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.model.Limits;
import io.outcrop.refactor.model.RefusedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Archives as lines of text, in the form of list.go. */
final class TarListing {

  private static final int MAX_FILE_BYTES = 1 << 26;
  private static final Limits LIMITS =
      new Limits(1, 1000, 1 << 20, 1 << 20, 1 << 22, MAX_FILE_BYTES, 1L << 40, 1 << 20, 1);

  private TarListing() {}

  /** A line an entry, and at the end whether the archive is sound. */
  static List<String> of(byte[] archive) throws IOException {
    List<String> lines = new ArrayList<>();
    TarReader reader = new TarReader(new ByteArrayInputStream(archive), LIMITS);
    try {
      for (Optional<TarEntry> next = reader.next(); next.isPresent(); next = reader.next()) {
        lines.add(line(next.get(), reader.content()));
      }
      lines.add("end");
    } catch (RefusedException e) {
      lines.add("refused");
    }
    return lines;
  }

  private static String line(TarEntry entry, InputStream content) throws IOException {
    MessageDigest hash = ContentHash.newHash();
    long length = content.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), hash));
    String xattrs =
        entry.xattrs().stream()
            .map(x -> hex(x.name()) + '=' + hex(x.value()))
            .sorted()
            .collect(Collectors.joining(" "));
    return "%d %s %s %d %d %d %d %d.%d %d:%d [%s] %s"
        .formatted(
            Byte.toUnsignedInt(entry.type()),
            hex(entry.name()),
            hex(entry.linkName()),
            entry.mode(),
            entry.uid(),
            entry.gid(),
            length,
            entry.seconds(),
            entry.nanos(),
            entry.deviceMajor(),
            entry.deviceMinor(),
            xattrs,
            ContentHash.finish(hash).digest().hex());
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }
}

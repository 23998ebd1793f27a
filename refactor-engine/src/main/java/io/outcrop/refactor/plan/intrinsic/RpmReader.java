package io.outcrop.refactor.plan.intrinsic;

import io.outcrop.refactor.model.ByteString;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * RPM packages, by the headers in one of the three databases that rpm has had: SQLite, its own, and
 * Berkeley DB.
 */
final class RpmReader implements DatabaseReader {

  // The database of a large installation; it is held in memory while it is read.
  private static final int MOST_BYTES = 64 << 20;

  private final Claims claims;
  private final PathResolver paths;

  RpmReader(Claims claims, PathResolver paths) {
    this.claims = claims;
    this.paths = paths;
  }

  @Override
  public int sees(int entry, String path) {
    boolean directory = path.startsWith("var/lib/rpm/") || path.startsWith("usr/lib/sysimage/rpm/");
    return directory && isDatabase(path.substring(path.lastIndexOf('/') + 1)) ? MOST_BYTES : 0;
  }

  private static boolean isDatabase(String name) {
    return name.equals("rpmdb.sqlite") || name.equals("Packages.db") || name.equals("Packages");
  }

  @Override
  public void read(int entry, String path, byte[] content) {
    ByteBuffer database = ByteBuffer.wrap(content);
    Consumer<ByteBuffer> headers = header -> RpmHeader.read(header).ifPresent(this::claim);
    if (SqliteTable.isDatabase(database)) {
      SqliteTable.blobs(database, "Packages", headers);
    } else if (NdbFile.isDatabase(database)) {
      NdbFile.blobs(database, headers);
    } else if (BerkeleyHash.isDatabase(database)) {
      BerkeleyHash.blobs(database, headers);
    }
  }

  private void claim(RpmHeader header) {
    Optional<Component> component = header.component();
    if (component.isEmpty()) {
      return;
    }
    int owner = claims.open(component.get());
    header.forEachFile((directory, name) -> {
      OptionalInt entry = paths.find(PathResolver.child(directory, name));
      if (entry.isPresent()) {
        claims.claim(entry.getAsInt(), owner);
      }
    });
  }

  /** Takes a file of a package. */
  interface FileVisitor {
    void file(ByteString directory, ByteString name);
  }
}

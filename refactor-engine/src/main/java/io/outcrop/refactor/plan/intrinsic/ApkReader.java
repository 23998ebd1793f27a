package io.outcrop.refactor.plan.intrinsic;

import io.outcrop.refactor.model.ByteString;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Alpine packages, by the database of apk: fields of one letter, a line each, with an empty line
 * between packages. {@code F:} names a directory, and {@code R:} after it a file in there.
 */
final class ApkReader implements DatabaseReader {

  private static final Set<String> DATABASES =
      Set.of("lib/apk/db/installed", "usr/lib/apk/db/installed");
  private static final int MOST_BYTES = 64 << 20;
  private static final int NONE = -1;

  private final Claims claims;
  private final PathResolver paths;

  ApkReader(Claims claims, PathResolver paths) {
    this.claims = claims;
    this.paths = paths;
  }

  @Override
  public int sees(int entry, String path) {
    return DATABASES.contains(path) ? MOST_BYTES : 0;
  }

  @Override
  public void read(int entry, String path, byte[] content) {
    Lines.forEach(content, new Stanza());
  }

  /** What is known of the package whose lines are being read. */
  private final class Stanza implements Lines.Visitor {
    private Optional<String> name = Optional.empty();
    private Optional<String> version = Optional.empty();
    private Optional<String> architecture = Optional.empty();
    private ByteString directory = ByteString.EMPTY;
    private int owner = NONE;

    @Override
    public void line(byte[] text, int start, int end) {
      if (start == end) {
        name = Optional.empty();
        version = Optional.empty();
        architecture = Optional.empty();
        directory = ByteString.EMPTY;
        owner = NONE;
      } else if (end - start >= 2 && text[start + 1] == ':') {
        field(text, start, end);
      }
    }

    private void field(byte[] text, int start, int end) {
      switch (text[start]) {
        case 'P' -> name = PackageName.after("P:", text, start, end);
        case 'V' -> version = PackageName.after("V:", text, start, end);
        case 'A' -> architecture = PackageName.after("A:", text, start, end);
        case 'F' -> directory = ByteString.of(text, start + 2, end - start - 2);
        case 'R' -> file(text, start + 2, end);
        default -> {}
      }
    }

    private void file(byte[] text, int start, int end) {
      if (owner == NONE && (name.isEmpty() || version.isEmpty() || architecture.isEmpty())) {
        return;
      }
      OptionalInt entry =
          paths.find(PathResolver.child(directory, ByteString.of(text, start, end - start)));
      if (entry.isEmpty()) {
        return;
      }
      if (owner == NONE) {
        owner =
            claims.open(Component.of(Ecosystem.APK, name.get(), version.get(), architecture.get()));
      }
      claims.claim(entry.getAsInt(), owner);
    }
  }
}

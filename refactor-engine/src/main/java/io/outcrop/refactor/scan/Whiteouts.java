package io.outcrop.refactor.scan;

import io.outcrop.refactor.model.ByteString;
import io.outcrop.refactor.model.FilePath;
import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.model.RefusedException;

/** Files whose names hide others: {@code .wh.name} and {@code .wh..wh..opq}. */
final class Whiteouts {

  private static final ByteString PREFIX = ByteString.of(".wh.");
  private static final ByteString META_PREFIX = ByteString.of(".wh..wh.");
  private static final ByteString OPAQUE = ByteString.of(".wh..wh..opq");

  private final LayerIndexBuilder index;

  Whiteouts(LayerIndexBuilder index) {
    this.index = index;
  }

  /** Puts an entry into the index if its name hides something; false if it is an ordinary one. */
  boolean hides(FilePath path) throws RefusedException {
    if (isBelowMarker(path)) {
      index.ambiguous(Reason.AUFS_MARKER, path, "is below what has the name of a whiteout");
      return true;
    }
    ByteString name = path.name();
    if (!name.startsWith(PREFIX)) {
      return false;
    }
    if (name.equals(OPAQUE)) {
      index.opaque(path.parent());
    } else if (name.startsWith(META_PREFIX)) {
      index.ambiguous(Reason.AUFS_MARKER, path, "is metadata of AUFS");
    } else {
      hide(path, name);
    }
    return true;
  }

  private void hide(FilePath path, ByteString name) throws RefusedException {
    byte[] bytes = name.toByteArray();
    ByteString hidden = ByteString.of(bytes, PREFIX.length(), bytes.length - PREFIX.length());
    boolean named =
        !hidden.isEmpty()
            && !hidden.equals(ByteString.of("."))
            && !hidden.equals(ByteString.of(".."));
    if (named) {
      index.whiteout(path.parent().resolve(hidden));
    } else {
      index.ambiguous(Reason.WHITEOUT_WITHOUT_DIRECTORY, path, "hides nothing that has a name");
    }
  }

  /** Whether a directory above has the name of a whiteout. */
  private static boolean isBelowMarker(FilePath path) {
    boolean inMarker = false;
    for (int i = 0; i < path.length(); i++) {
      if (i == 0 || path.at(i - 1) == '/') {
        if (inMarker) {
          return true;
        }
        inMarker = hasPrefix(path, i);
      }
    }
    return false;
  }

  private static boolean hasPrefix(FilePath path, int from) {
    for (int i = 0; i < PREFIX.length(); i++) {
      if (from + i >= path.length() || path.at(from + i) != PREFIX.at(i)) {
        return false;
      }
    }
    return true;
  }
}

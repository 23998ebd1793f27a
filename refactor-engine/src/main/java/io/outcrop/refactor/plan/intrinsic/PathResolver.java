package io.outcrop.refactor.plan.intrinsic;

import io.outcrop.refactor.model.ByteString;
import io.outcrop.refactor.model.FilePath;
import io.outcrop.refactor.model.Node;
import io.outcrop.refactor.view.View;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Finds the entries that package databases speak of. These name files as they were packaged; in the
 * image, a directory on the way may be a symbolic link, such as {@code /bin} to {@code usr/bin}.
 */
final class PathResolver {

  private static final ByteString UP = ByteString.of("..");
  private static final ByteString SLASH = ByteString.of("/");
  private static final int MOST_LINKS = 40;
  private static final int LONGEST_PATH = 4096;
  private static final int MOST_KNOWN = 100_000;
  // A look-up costs some microseconds; an honest image of 100,000 files needs fewer than 300,000.
  private static final int LOOKUPS = 8_000_000;

  private final View view;
  private final Map<FilePath, FilePath> known = new HashMap<>();
  private int lookups = LOOKUPS;

  PathResolver(View view) {
    this.view = view;
  }

  /**
   * The entry at a path, which is not followed if it is a symbolic link itself.
   *
   * @param base what the path is relative to, unless it begins with a slash
   * @return empty if there is none, or the databases have asked for too much
   */
  OptionalInt find(FilePath base, ByteString path) {
    Optional<FilePath> place = path.length() > LONGEST_PATH ? Optional.empty() : join(base, path);
    if (place.isEmpty() || place.get().isRoot()) {
      return OptionalInt.empty();
    }
    Optional<FilePath> directory = directory(place.get().parent());
    return directory.isEmpty()
        ? OptionalInt.empty()
        : lookUp(directory.get().resolve(place.get().name()));
  }

  /** The entry at a path from the root. */
  OptionalInt find(ByteString path) {
    return find(FilePath.ROOT, path);
  }

  private OptionalInt lookUp(FilePath path) {
    if (path.length() > LONGEST_PATH || lookups <= 0) {
      return OptionalInt.empty();
    }
    lookups--;
    return view.find(path);
  }

  /** A path of two. */
  static ByteString child(ByteString directory, ByteString name) {
    byte[] path = Arrays.copyOf(directory.toByteArray(), directory.length() + 1 + name.length());
    path[directory.length()] = '/';
    name.copyTo(path, directory.length() + 1);
    return ByteString.of(path);
  }

  private static Optional<FilePath> join(FilePath base, ByteString path) {
    FilePath at = base;
    for (ByteString name : components(path)) {
      at = step(at, name);
    }
    return at.length() > LONGEST_PATH ? Optional.empty() : Optional.of(at);
  }

  private static FilePath step(FilePath at, ByteString name) {
    return name.equals(UP) ? at.parent() : at.resolve(name);
  }

  /** The directory that a path leads to; only what was found is remembered. */
  private Optional<FilePath> directory(FilePath path) {
    if (path.isRoot()) {
      return Optional.of(path);
    }
    FilePath remembered = known.get(path);
    if (remembered != null) {
      return Optional.of(remembered);
    }
    FilePath parent = known.get(path.parent());
    Optional<FilePath> found =
        parent == null
            ? follow(FilePath.ROOT, components(ByteString.of(path.toByteArray())))
            : follow(parent, new ArrayDeque<>(List.of(path.name())));
    if (found.isPresent() && known.size() < MOST_KNOWN) {
      known.put(path, found.get());
    }
    return found;
  }

  private Optional<FilePath> follow(FilePath start, Deque<ByteString> names) {
    FilePath at = start;
    int links = 0;
    while (!names.isEmpty()) {
      ByteString name = names.removeFirst();
      FilePath next = step(at, name);
      if (next.isRoot() || name.equals(UP)) {
        at = next;
        continue;
      }
      OptionalInt entry = lookUp(next);
      if (entry.isEmpty()) {
        return Optional.empty();
      }
      if (view.isDirectory(entry.getAsInt())) {
        at = next;
        continue;
      }
      if (!(view.node(entry.getAsInt()) instanceof Node.SymbolicLink link)
          || ++links > MOST_LINKS
          || link.target().length() > LONGEST_PATH) {
        return Optional.empty();
      }
      if (link.target().startsWith(SLASH)) {
        at = FilePath.ROOT;
      }
      components(link.target()).descendingIterator().forEachRemaining(names::addFirst);
    }
    return Optional.of(at);
  }

  /** The names in a path, but for those that mean nothing. */
  private static Deque<ByteString> components(ByteString path) {
    Deque<ByteString> names = new ArrayDeque<>();
    byte[] bytes = path.toByteArray();
    int start = 0;
    for (int at = 0; at <= bytes.length; at++) {
      if (at == bytes.length || bytes[at] == '/') {
        int length = at - start;
        if (length > 1 || (length == 1 && bytes[start] != '.')) {
          names.addLast(ByteString.of(bytes, start, length));
        }
        start = at + 1;
      }
    }
    return names;
  }
}

package io.outcrop.refactor.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The extended attributes of a file: sorted by name, no name twice. */
public final class Xattrs implements Iterable<Xattr> {

  /** None, as most files have. */
  public static final Xattrs NONE = new Xattrs(List.of());

  private static final Comparator<Xattr> BY_NAME = Comparator.comparing(Xattr::name);

  private final List<Xattr> sorted;

  private Xattrs(List<Xattr> sorted) {
    this.sorted = sorted;
  }

  /** Sorts; of equal names, the last one counts. */
  public static Xattrs of(Collection<Xattr> xattrs) {
    if (xattrs.isEmpty()) {
      return NONE;
    }
    List<Xattr> sorted = new ArrayList<>(xattrs);
    sorted.sort(BY_NAME);
    List<Xattr> unique = new ArrayList<>(sorted.size());
    for (Xattr xattr : sorted) {
      if (!unique.isEmpty() && unique.getLast().name().equals(xattr.name())) {
        unique.removeLast();
      }
      unique.add(xattr);
    }
    return new Xattrs(List.copyOf(unique));
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return sorted.isEmpty();
  }

  /** How many there are. */
  public int size() {
    return sorted.size();
  }

  /** The value of a name. */
  public Optional<ByteString> value(ByteString name) {
    return sorted.stream().filter(x -> x.name().equals(name)).map(Xattr::value).findFirst();
  }

  /** In the order of names. */
  public Stream<Xattr> stream() {
    return sorted.stream();
  }

  @Override
  public Iterator<Xattr> iterator() {
    return sorted.iterator();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Xattrs that && sorted.equals(that.sorted);
  }

  @Override
  public int hashCode() {
    return sorted.hashCode();
  }

  @Override
  public String toString() {
    return sorted.toString();
  }
}

package io.outcrop.refactor.plan.intrinsic;

import java.util.Comparator;

/** A layer to be, while entries are put into it. */
final class Draft implements Comparable<Draft> {

  /** What is in a layer; of one source layer, those that change least come first. */
  enum Kind {
    /** One component. */
    COMPONENT("component"),
    /** Components put together since there were too many layers. */
    MERGED("merged packages"),
    /** Small packages of the operating system. */
    PACKAGES("small packages"),
    /** Documentation of packages that have little. */
    DOCUMENTATION("documentation"),
    /** Small packages of languages. */
    LIBRARIES("small libraries"),
    /** What nobody has installed. */
    REST("other files"),
    /** What is volatile, but was left alone by the layers above. */
    STATE("unchanged state");

    private final String title;

    Kind(String title) {
      this.title = title;
    }
  }

  private static final Comparator<Draft> ORDER =
      Comparator.<Draft>comparingInt(Draft::origin)
          .thenComparing(Draft::kind)
          .thenComparing(Comparator.comparingLong(Draft::bytes).reversed())
          .thenComparing(Draft::title)
          .thenComparingInt(draft -> draft.first);

  private final int origin;
  private final Kind kind;
  private final String title;
  private long bytes;
  private int first = Integer.MAX_VALUE;

  private Draft(int origin, Kind kind, String title) {
    this.origin = origin;
    this.kind = kind;
    this.title = title;
  }

  /** The layer of one component. */
  static Draft of(int origin, String title) {
    return new Draft(origin, Kind.COMPONENT, title);
  }

  /** The layer of many small things. */
  static Draft bundle(int origin, Kind kind, int bin) {
    String number = bin == 0 ? "" : ", part " + (bin + 1);
    return new Draft(origin, kind, kind.title + " of layer " + (origin + 1) + number);
  }

  /** The source layer that most of it is from. */
  int origin() {
    return origin;
  }

  Kind kind() {
    return kind;
  }

  /** What this is, for people. */
  String title() {
    return title;
  }

  /** How much content it has. */
  long bytes() {
    return bytes;
  }

  void add(int entry, long length) {
    bytes += length;
    first = Math.min(first, entry);
  }

  void addAll(Draft other) {
    add(other.first, other.bytes);
  }

  @Override
  public int compareTo(Draft other) {
    return ORDER.compare(this, other);
  }
}

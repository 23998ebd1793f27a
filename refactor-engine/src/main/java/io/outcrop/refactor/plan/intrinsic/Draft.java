package io.outcrop.refactor.plan.intrinsic;

import java.util.Comparator;

/** A layer to be, while entries are put into it. */
final class Draft implements Comparable<Draft> {

  /** What is in a layer; of one source layer, those that change least come first. */
  enum Kind {
    /** One component. */
    COMPONENT,
    /** Small packages of the operating system. */
    PACKAGES,
    /** Small packages of languages. */
    LIBRARIES,
    /** What nobody has installed. */
    REST,
    /** What is volatile, but was left alone by the layers above. */
    STATE
  }

  private static final Comparator<Draft> ORDER =
      Comparator.<Draft>comparingInt(draft -> draft.origin)
          .thenComparing(draft -> draft.kind)
          .thenComparing(Comparator.<Draft>comparingLong(draft -> draft.bytes).reversed())
          .thenComparing(draft -> draft.component)
          .thenComparingInt(draft -> draft.first);

  final int origin;
  final Kind kind;
  final Component component;
  long bytes;
  private int first = Integer.MAX_VALUE;

  /**
   * @param origin the source layer that most of it is from
   * @param component what it is; of a bundle, made up
   */
  Draft(int origin, Kind kind, Component component) {
    this.origin = origin;
    this.kind = kind;
    this.component = component;
  }

  /** A layer of many small things. */
  static Draft bundle(int origin, Kind kind, int bin) {
    String what =
        switch (kind) {
          case COMPONENT -> throw new IllegalArgumentException("a component is no bundle");
          case PACKAGES -> "small packages";
          case LIBRARIES -> "small libraries";
          case REST -> "other files";
          case STATE -> "unchanged state";
        };
    String number = bin == 0 ? "" : " (" + bin + ")";
    return new Draft(
        origin,
        kind,
        Component.of(Ecosystem.TREE, what + " of layer " + (origin + 1) + number, "", ""));
  }

  /** What this is, for people. */
  String title() {
    return kind == Kind.COMPONENT ? component.toString() : component.name();
  }

  void add(int entry, long length) {
    bytes += length;
    first = Math.min(first, entry);
  }

  @Override
  public int compareTo(Draft other) {
    return ORDER.compare(this, other);
  }
}

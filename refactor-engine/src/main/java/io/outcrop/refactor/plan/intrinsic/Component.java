package io.outcrop.refactor.plan.intrinsic;

import java.util.Comparator;
import java.util.Locale;

/**
 * What is shared as one.
 *
 * @param ecosystem where it comes from
 * @param name the package's name, a file's hash or name, a directory's path
 * @param version empty if there is none
 * @param architecture empty if there is none
 * @param place where it is, if the rest may be in an image more than once; else empty
 */
record Component(
    Ecosystem ecosystem, String name, String version, String architecture, String place)
    implements Comparable<Component> {

  private static final int LONGEST_TEXT = 200;

  private static final Comparator<Component> ORDER =
      Comparator.comparing(Component::ecosystem)
          .thenComparing(Component::name)
          .thenComparing(Component::version)
          .thenComparing(Component::architecture)
          .thenComparing(Component::place);

  /** A component that is in an image only once. */
  static Component of(Ecosystem ecosystem, String name, String version, String architecture) {
    return new Component(ecosystem, name, version, architecture, "");
  }

  @Override
  public int compareTo(Component other) {
    return ORDER.compare(this, other);
  }

  /** For people, such as {@code dpkg libc6 2.36-9+deb12u4 amd64}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(ecosystem.name().toLowerCase(Locale.ROOT));
    for (String part : new String[] {name, version, architecture}) {
      if (!part.isEmpty()) {
        text.append(' ').append(part);
      }
    }
    return shorten(text.toString());
  }

  static String shorten(String text) {
    return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT - 1) + '\u2026';
  }
}

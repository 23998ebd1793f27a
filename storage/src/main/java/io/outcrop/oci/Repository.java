package io.outcrop.oci;

import java.util.Comparator;

/**
 * A repository of an upstream: the scope within which tags live and content may be read.
 *
 * @param namespace the upstream it belongs to
 * @param name its path there
 */
public record Repository(Namespace namespace, RepositoryName name)
    implements Comparable<Repository> {

  private static final Comparator<Repository> ORDER =
      Comparator.comparing(Repository::namespace).thenComparing(Repository::name);

  /**
   * Reads a namespace and a path.
   *
   * @throws InvalidNameException if either is not well-formed
   */
  public static Repository of(String namespace, String name) {
    return new Repository(new Namespace(namespace), new RepositoryName(name));
  }

  @Override
  public int compareTo(Repository other) {
    return ORDER.compare(this, other);
  }

  /** The name as in an image reference, such as {@code quay.io/org/app}. */
  @Override
  public String toString() {
    return namespace.host() + '/' + name.value();
  }
}

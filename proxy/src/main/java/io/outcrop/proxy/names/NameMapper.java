package io.outcrop.proxy.names;

import io.outcrop.oci.InvalidNameException;
import io.outcrop.oci.Namespace;
import io.outcrop.oci.Repository;
import io.outcrop.oci.RepositoryName;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Maps the name in a request to a repository of a configured upstream.
 *
 * <p>The upstream is, in this order: what {@code ?ns=} says (containerd); the first segment of the
 * path where it is a configured namespace (podman, CRI-O, plain Docker); the default namespace
 * (Docker's {@code registry-mirrors}). The world is closed: nothing else is ever dialled.
 * Immutable.
 */
public final class NameMapper {

  private static final Map<String, String> HUB_ALIASES =
      Map.of(
          "registry-1.docker.io", "docker.io",
          "index.docker.io", "docker.io",
          "registry.hub.docker.com", "docker.io");

  private final Map<String, Namespace> namespaces = new HashMap<>();
  private final Namespace defaultNamespace;

  /**
   * @param configured every namespace that may be fetched from
   * @param defaultNamespace the one meant when a request names none
   */
  public NameMapper(Set<Namespace> configured, Namespace defaultNamespace) {
    configured.forEach(namespace -> namespaces.put(namespace.host(), namespace));
    HUB_ALIASES.forEach((alias, meant) -> {
      if (namespaces.containsKey(meant)) {
        namespaces.putIfAbsent(alias, new Namespace(meant));
      }
    });
    this.defaultNamespace = defaultNamespace;
  }

  /**
   * Maps a name.
   *
   * @param path the name between {@code /v2/} and the kind of resource
   * @param ns the value of the {@code ns} parameter, if given
   * @throws UnknownNamespaceException if the upstream is not a configured one
   * @throws InvalidNameException if the name is not well-formed
   */
  public Repository map(String path, Optional<String> ns) throws UnknownNamespaceException {
    if (ns.isPresent()) {
      return repository(namespace(ns.get()), path);
    }
    int slash = path.indexOf('/');
    if (slash > 0) {
      Namespace first = namespaces.get(path.substring(0, slash));
      if (first != null) {
        return repository(first, path.substring(slash + 1));
      }
      refuseForeignHost(path.substring(0, slash));
    }
    return repository(defaultNamespace, path);
  }

  /**
   * The namespace a text means.
   *
   * @throws UnknownNamespaceException if it is not a configured one
   * @throws InvalidNameException if it is not well-formed
   */
  public Namespace namespace(String text) throws UnknownNamespaceException {
    Namespace asked = new Namespace(text);
    Namespace known = namespaces.get(asked.host());
    if (known == null) {
      throw new UnknownNamespaceException(asked);
    }
    return known;
  }

  /**
   * A first segment with a dot or a port can only be meant as a registry host. Were it taken as a
   * repository of the default namespace instead, the answer would be about another image.
   */
  private static void refuseForeignHost(String first) throws UnknownNamespaceException {
    if (first.indexOf('.') > 0 || first.indexOf(':') > 0 || first.equals("localhost")) {
      throw new UnknownNamespaceException(new Namespace(first));
    }
  }

  private static Repository repository(Namespace namespace, String name) {
    // Docker Hub keeps its official images under library/, which people leave out.
    boolean official = namespace.equals(Namespace.DOCKER_HUB) && name.indexOf('/') < 0;
    return new Repository(namespace, new RepositoryName(official ? "library/" + name : name));
  }
}

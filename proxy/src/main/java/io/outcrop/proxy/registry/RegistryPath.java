package io.outcrop.proxy.registry;

import java.util.Optional;

/** What the path of a request to the distribution API names. */
sealed interface RegistryPath {

  /** {@code /v2/}: is this a registry? */
  record Base() implements RegistryPath {}

  /** {@code /v2/_catalog}: which repositories are there? */
  record Catalog() implements RegistryPath {}

  /**
   * Something in a repository.
   *
   * @param name the name as it stands in the path
   * @param kind what kind of thing
   * @param reference tag or digest; empty for the list of tags
   */
  record InRepository(String name, Kind kind, String reference) implements RegistryPath {}

  /** What can be asked for in a repository. */
  enum Kind {
    MANIFEST("manifest"),
    BLOB("blob"),
    TAGS("tags"),
    REFERRERS("referrers");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }

  /**
   * Reads a decoded path. The kind is looked for from the end, as a repository may be called {@code
   * manifests}.
   *
   * @return empty if it is not a path of the distribution API that is served here
   */
  static Optional<RegistryPath> parse(String path) {
    if (!path.startsWith("/v2")) {
      return Optional.empty();
    }
    if (path.equals("/v2/") || path.equals("/v2")) {
      return Optional.of(new Base());
    }
    if (path.equals("/v2/_catalog")) {
      return Optional.of(new Catalog());
    }
    int last = path.lastIndexOf('/');
    int before = path.lastIndexOf('/', last - 1);
    if (before < "/v2/".length() || !path.startsWith("/v2/")) {
      return Optional.empty();
    }
    String name = path.substring("/v2/".length(), before);
    String reference = path.substring(last + 1);
    return switch (path.substring(before + 1, last)) {
      case "manifests" -> Optional.of(new InRepository(name, Kind.MANIFEST, reference));
      case "blobs" -> Optional.of(new InRepository(name, Kind.BLOB, reference));
      case "referrers" -> Optional.of(new InRepository(name, Kind.REFERRERS, reference));
      case "tags" ->
          reference.equals("list")
              ? Optional.of(new InRepository(name, Kind.TAGS, ""))
              : Optional.empty();
      default -> Optional.empty();
    };
  }
}

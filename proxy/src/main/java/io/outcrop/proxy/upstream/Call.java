package io.outcrop.proxy.upstream;

import io.outcrop.oci.MediaType;
import io.outcrop.oci.RepositoryName;
import java.net.URI;
import java.util.Optional;
import java.util.Set;

/**
 * One request, to whichever endpoint.
 *
 * @param kind what it is for
 * @param method {@code GET} or {@code HEAD}
 * @param repository whose content it is about
 * @param target path below the endpoint's root, or an absolute address at the same origin
 * @param accept the types asked for
 * @param range the {@code Range} header
 * @param odd statuses beyond 200 and 206 that the caller wants to see rather than have thrown
 */
record Call(
    Kind kind,
    String method,
    RepositoryName repository,
    String target,
    String accept,
    Optional<String> range,
    Set<Integer> odd) {

  private static final String MANIFESTS =
      String.join(
          ", ",
          MediaType.DOCKER_MANIFEST.value(),
          MediaType.DOCKER_MANIFEST_LIST.value(),
          MediaType.OCI_MANIFEST.value(),
          MediaType.OCI_INDEX.value(),
          "*/*");

  static Call head(Kind kind, RepositoryName repository, String target) {
    return new Call(kind, "HEAD", repository, target, MANIFESTS, Optional.empty(), Set.of());
  }

  static Call get(Kind kind, RepositoryName repository, String target) {
    return new Call(kind, "GET", repository, target, MANIFESTS, Optional.empty(), Set.of());
  }

  Call accepting(String types) {
    return new Call(kind, method, repository, target, types, range, odd);
  }

  Call ranged(String header) {
    return new Call(kind, method, repository, target, accept, Optional.of(header), odd);
  }

  Call seeing(Integer... statuses) {
    return new Call(kind, method, repository, target, accept, range, Set.of(statuses));
  }

  Call at(URI address) {
    return new Call(kind, method, repository, address.toString(), accept, range, odd);
  }
}

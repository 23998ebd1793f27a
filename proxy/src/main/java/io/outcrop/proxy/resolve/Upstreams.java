package io.outcrop.proxy.resolve;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Namespace;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.fill.BlobSource;
import io.outcrop.proxy.upstream.BlobStream;
import io.outcrop.proxy.upstream.Upstream;
import io.outcrop.proxy.upstream.UpstreamException;
import java.util.Collection;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The upstreams of this edge by namespace. Immutable but for what the upstreams do themselves. */
public final class Upstreams implements BlobSource, AutoCloseable {

  private final Map<Namespace, Upstream> byNamespace;

  /** Takes over upstreams, which are closed with this. */
  public Upstreams(Collection<Upstream> upstreams) {
    byNamespace =
        upstreams.stream()
            .collect(Collectors.toUnmodifiableMap(Upstream::namespace, Function.identity()));
  }

  /** All of them. */
  public Collection<Upstream> all() {
    return byNamespace.values();
  }

  /**
   * The upstream of a repository.
   *
   * @throws IllegalArgumentException if none is configured; names are checked before
   */
  public Upstream of(Repository repository) {
    Upstream upstream = byNamespace.get(repository.namespace());
    if (upstream == null) {
      throw new IllegalArgumentException("no upstream for " + repository);
    }
    return upstream;
  }

  @Override
  public BlobStream open(Repository repository, Digest digest, long offset)
      throws UpstreamException {
    return of(repository).openBlob(repository.name(), digest, offset);
  }

  @Override
  public void close() {
    byNamespace.values().forEach(Upstream::close);
  }
}

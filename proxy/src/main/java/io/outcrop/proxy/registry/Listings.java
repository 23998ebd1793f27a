package io.outcrop.proxy.registry;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.oci.Namespace;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.http.Exchange;
import io.outcrop.proxy.http.Response;
import io.outcrop.proxy.names.NameMapper;
import io.outcrop.proxy.names.UnknownNamespaceException;
import io.outcrop.proxy.refactor.RefactoredReferrers;
import io.outcrop.proxy.resolve.ReferrersService.ServedReferrers;
import io.outcrop.proxy.resolve.TagListService;
import io.outcrop.proxy.resolve.TagListService.ServedTags;
import io.outcrop.proxy.upstream.UpstreamException;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.StoreException;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The parts of the distribution API that answer with lists. Blocks; thread-safe. */
public final class Listings {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int LONGEST_PAGE = 10_000;
  private static final int CATALOG_PAGE = 1_000;

  private final ContentStore store;
  private final NameMapper names;
  private final TagListService tags;
  private final RefactoredReferrers referrers;

  /** Lists what the services know. */
  public Listings(
      ContentStore store, NameMapper names, TagListService tags, RefactoredReferrers referrers) {
    this.store = store;
    this.names = names;
    this.tags = tags;
    this.referrers = referrers;
  }

  Response tags(Exchange exchange, Repository repository) throws UpstreamException, StoreException {
    OptionalInt n;
    try {
      n = pageLength(exchange);
    } catch (NumberFormatException e) {
      return badPage(exchange);
    }
    Optional<String> last = exchange.target().parameter("last");
    ServedTags served = tags.page(repository, n, last);
    ObjectNode root = JSON.createObjectNode();
    // The name as the client asked for it: it may have reached us under a path of its own.
    root.put("name", nameInPath(exchange));
    ArrayNode list = root.putArray("tags");
    served.tags().forEach(tag -> list.add(tag.value()));
    HttpHeaders headers = Headers.of(repository);
    Headers.warn(headers, repository, served.staleness());
    if (served.more() && n.orElse(1) > 0 && !served.tags().isEmpty()) {
      headers.set(Headers.LINK, next(exchange, n, served.tags().getLast().value()));
    }
    return json(headers, MediaType.JSON, root);
  }

  /** The repositories of which something is known here, not all that the upstreams have. */
  Response catalog(Exchange exchange) throws StoreException, UnknownNamespaceException {
    OptionalInt n;
    try {
      n = pageLength(exchange);
    } catch (NumberFormatException e) {
      return badPage(exchange);
    }
    Optional<Namespace> namespace = Optional.empty();
    if (exchange.target().parameter("ns").isPresent()) {
      namespace = Optional.of(names.namespace(exchange.target().parameter("ns").get()));
    }
    String prefix = namespace.map(ns -> ns.host() + '/').orElse("");
    int limit = n.orElse(CATALOG_PAGE);
    List<Repository> found =
        store
            .directory()
            .repositories(
                namespace, exchange.target().parameter("last").map(prefix::concat), limit + 1);
    List<String> page =
        found.stream()
            .limit(limit)
            .map(repository -> repository.toString().substring(prefix.length()))
            .toList();
    ObjectNode root = JSON.createObjectNode();
    ArrayNode list = root.putArray("repositories");
    page.forEach(list::add);
    HttpHeaders headers = Headers.common();
    if (found.size() > limit && !page.isEmpty()) {
      headers.set(Headers.LINK, next(exchange, OptionalInt.of(limit), page.getLast()));
    }
    return json(headers, MediaType.JSON, root);
  }

  Response referrers(Exchange exchange, Repository repository, Digest subject)
      throws UpstreamException, IOException {
    Optional<String> artifactType = exchange.target().parameter("artifactType");
    ServedReferrers served = referrers.get(repository, subject, artifactType);
    RegistryApi.label(exchange, served.outcome(), served.staleness());
    HttpHeaders headers = Headers.of(repository);
    Headers.cacheStatus(headers, served.outcome());
    Headers.warn(headers, repository, served.staleness());
    if (artifactType.isPresent()) {
      headers.set(Headers.OCI_FILTERS_APPLIED, "artifactType");
    }
    return json(headers, MediaType.OCI_INDEX, served.index());
  }

  private static OptionalInt pageLength(Exchange exchange) {
    Optional<String> n = exchange.target().parameter("n");
    if (n.isEmpty()) {
      return OptionalInt.empty();
    }
    int length = Integer.parseInt(n.get());
    if (length < 0) {
      throw new NumberFormatException("negative");
    }
    return OptionalInt.of(Math.min(length, LONGEST_PAGE));
  }

  private static Response badPage(Exchange exchange) {
    return Errors.response(
        exchange,
        OciError.PAGINATION_NUMBER_INVALID,
        "n: " + exchange.target().parameter("n").orElse("") + " (expected: a number >= 0)");
  }

  private static String nameInPath(Exchange exchange) {
    String path = exchange.target().path();
    return path.substring("/v2/".length(), path.length() - "/tags/list".length());
  }

  /** The address of the next page, with whatever else the client had asked with. */
  private static String next(Exchange exchange, OptionalInt n, String last) {
    StringBuilder link = new StringBuilder("<").append(exchange.target().path()).append('?');
    if (n.isPresent()) {
      link.append("n=").append(n.getAsInt()).append('&');
    }
    link.append("last=").append(URLEncoder.encode(last, StandardCharsets.UTF_8));
    exchange
        .target()
        .parameter("ns")
        .ifPresent(ns -> link.append("&ns=").append(URLEncoder.encode(ns, StandardCharsets.UTF_8)));
    return link.append(">; rel=\"next\"").toString();
  }

  private static Response json(HttpHeaders headers, MediaType type, ObjectNode root) {
    headers.set(HttpHeaderNames.CONTENT_TYPE, type.value());
    return Response.of(HttpResponseStatus.OK, headers, JSON.writeValueAsBytes(root));
  }
}

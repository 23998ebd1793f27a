package io.outcrop.proxy.registry;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.outcrop.oci.Digest;
import io.outcrop.oci.InvalidNameException;
import io.outcrop.oci.MediaType;
import io.outcrop.oci.Reference;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.http.BlobResponse;
import io.outcrop.proxy.http.Conditions;
import io.outcrop.proxy.http.Exchange;
import io.outcrop.proxy.http.RequestHandler;
import io.outcrop.proxy.http.RequestLabels;
import io.outcrop.proxy.http.Response;
import io.outcrop.proxy.images.PullObserver;
import io.outcrop.proxy.names.NameMapper;
import io.outcrop.proxy.names.UnknownNamespaceException;
import io.outcrop.proxy.refactor.RefactoredTags;
import io.outcrop.proxy.resolve.BlobService;
import io.outcrop.proxy.resolve.ManifestService;
import io.outcrop.proxy.resolve.Outcome;
import io.outcrop.proxy.resolve.ServedBlob;
import io.outcrop.proxy.resolve.ServedManifest;
import io.outcrop.proxy.resolve.Staleness;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * The pull side of the distribution API. What is at hand is answered on the event loop; the rest on
 * a thread that may block.
 */
public final class RegistryApi implements RequestHandler {

  private static final String IMMUTABLE = "max-age=31536000, immutable";
  private static final byte[] EMPTY_OBJECT = "{}".getBytes(StandardCharsets.US_ASCII);

  private final NameMapper names;
  private final ManifestService manifests;
  private final RefactoredTags tags;
  private final BlobService blobs;
  private final Listings listings;
  private final PullObserver pulls;
  private final Executor threads;

  /**
   * @param manifests told of manifests that were taken
   * @param tags gives manifests
   * @param pulls told of what clients take
   * @param threads runs what blocks
   */
  public RegistryApi(
      NameMapper names,
      ManifestService manifests,
      RefactoredTags tags,
      BlobService blobs,
      Listings listings,
      PullObserver pulls,
      Executor threads) {
    this.names = names;
    this.manifests = manifests;
    this.tags = tags;
    this.blobs = blobs;
    this.listings = listings;
    this.pulls = pulls;
    this.threads = threads;
  }

  @Override
  public void handle(Exchange exchange) {
    // Before the path, as those of uploads are not known here.
    if (!exchange.method().equals(HttpMethod.GET) && !exchange.isHead()) {
      exchange.respond(
          Errors.response(
              exchange, OciError.UNSUPPORTED, "this is a mirror: push to the registry itself"));
      return;
    }
    Optional<RegistryPath> path = RegistryPath.parse(exchange.target().path());
    if (path.isEmpty()) {
      exchange.respond(Errors.response(exchange, OciError.NOT_FOUND, exchange.target().path()));
      return;
    }
    switch (path.get()) {
      case RegistryPath.Base _ -> {
        exchange.label(new RequestLabels("base", "", ""));
        HttpHeaders headers =
            Headers.common().set(HttpHeaderNames.CONTENT_TYPE, MediaType.JSON.value());
        exchange.respond(Response.of(HttpResponseStatus.OK, headers, EMPTY_OBJECT));
      }
      case RegistryPath.Catalog _ -> {
        exchange.label(new RequestLabels("catalog", "", ""));
        later(exchange, RegistryPath.Kind.TAGS, () -> listings.catalog(exchange));
      }
      case RegistryPath.InRepository place -> inRepository(exchange, place);
    }
  }

  private void inRepository(Exchange exchange, RegistryPath.InRepository place) {
    try {
      Repository repository = names.map(place.name(), exchange.target().parameter("ns"));
      exchange.label(
          new RequestLabels(
              place.kind().label(), repository.namespace().host(), repository.name().value()));
      switch (place.kind()) {
        case MANIFEST -> manifest(exchange, repository, Reference.parse(place.reference()));
        case BLOB -> blob(exchange, repository, Digest.parse(place.reference()));
        case TAGS -> later(exchange, place.kind(), () -> listings.tags(exchange, repository));
        case REFERRERS -> {
          Digest subject = Digest.parse(place.reference());
          later(exchange, place.kind(), () -> listings.referrers(exchange, repository, subject));
        }
      }
    } catch (UnknownNamespaceException | InvalidNameException e) {
      exchange.respond(Errors.response(exchange, e, place.kind()));
    }
  }

  private void manifest(Exchange exchange, Repository repository, Reference reference) {
    Optional<ServedManifest> atHand = tags.immediately(repository, reference, exchange.client());
    if (atHand.isPresent()) {
      exchange.respond(manifestResponse(exchange, repository, atHand.get()));
    } else {
      later(
          exchange,
          RegistryPath.Kind.MANIFEST,
          () ->
              manifestResponse(
                  exchange, repository, tags.get(repository, reference, exchange.client())));
    }
  }

  private void blob(Exchange exchange, Repository repository, Digest digest) {
    if (!exchange.isHead()) {
      pulls.blobPulled(repository, digest, exchange.client());
    }
    Optional<ServedBlob> atHand = blobs.immediately(repository, digest, exchange.client());
    if (atHand.isPresent()) {
      exchange.respond(blobResponse(exchange, repository, digest, atHand.get()));
    } else if (exchange.isHead()) {
      later(
          exchange,
          RegistryPath.Kind.BLOB,
          () -> BlobResponse.head(blobHeaders(repository, digest), blobs.size(repository, digest)));
    } else {
      later(
          exchange,
          RegistryPath.Kind.BLOB,
          () ->
              blobResponse(
                  exchange, repository, digest, blobs.get(repository, digest, exchange.client())));
    }
  }

  private Response manifestResponse(
      Exchange exchange, Repository repository, ServedManifest manifest) {
    if (!exchange.isHead()) {
      manifests.pulled(manifest);
      pulls.manifestPulled(repository, manifest, exchange.client());
    }
    label(exchange, manifest.outcome(), manifest.staleness());
    HttpHeaders headers = Headers.of(repository, manifest.digest());
    Headers.cacheStatus(headers, manifest.outcome());
    Headers.warn(headers, repository, manifest.staleness());
    headers.set(HttpHeaderNames.CONTENT_TYPE, manifest.mediaType().value());
    if (Conditions.notModified(exchange, '"' + manifest.digest().toString() + '"')) {
      return Response.head(HttpResponseStatus.NOT_MODIFIED, headers);
    }
    return Response.of(HttpResponseStatus.OK, headers, manifest.bytes());
  }

  private static Response blobResponse(
      Exchange exchange, Repository repository, Digest digest, ServedBlob blob) {
    label(exchange, blob.outcome(), Optional.empty());
    HttpHeaders headers = blobHeaders(repository, digest);
    Headers.cacheStatus(headers, blob.outcome());
    return switch (blob) {
      case ServedBlob.InMemory small -> BlobResponse.of(exchange, headers, small.bytes());
      case ServedBlob.InFile large -> BlobResponse.of(exchange, headers, large.content());
    };
  }

  private static HttpHeaders blobHeaders(Repository repository, Digest digest) {
    return Headers.of(repository, digest)
        .set(HttpHeaderNames.CONTENT_TYPE, MediaType.OCTET_STREAM.value())
        .set(HttpHeaderNames.CACHE_CONTROL, IMMUTABLE);
  }

  static void label(Exchange exchange, Outcome outcome, Optional<Staleness> staleness) {
    exchange.label(
        exchange
            .labels()
            .withOutcome(outcome.name().toLowerCase(Locale.ROOT), staleness.map(Staleness::age)));
  }

  /** Answers on a thread that may block. */
  private void later(Exchange exchange, RegistryPath.Kind kind, Work work) {
    try {
      threads.execute(() -> {
        Response response;
        try {
          response = work.answer();
        } catch (Exception e) {
          response = Errors.response(exchange, e, kind);
        }
        exchange.respond(response);
      });
    } catch (RejectedExecutionException e) {
      exchange.respond(Errors.response(exchange, OciError.UNAVAILABLE, "shutting down"));
    }
  }

  /** Makes an answer, however long it takes. */
  private interface Work {
    Response answer() throws Exception;
  }
}

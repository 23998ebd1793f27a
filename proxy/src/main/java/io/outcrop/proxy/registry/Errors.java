package io.outcrop.proxy.registry;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.outcrop.oci.InvalidNameException;
import io.outcrop.proxy.http.Exchange;
import io.outcrop.proxy.http.Response;
import io.outcrop.proxy.names.UnknownNamespaceException;
import io.outcrop.proxy.upstream.UpstreamException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Puts what went wrong into the words of the distribution specification. Stateless. */
final class Errors {

  private static final Logger LOG = LoggerFactory.getLogger(Errors.class);
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private Errors() {}

  /** The answer to a request that failed. */
  static Response response(Exchange exchange, Throwable cause, RegistryPath.Kind kind) {
    return switch (cause) {
      case UpstreamException failure -> response(exchange, failure, kind);
      case UnknownNamespaceException e -> response(exchange, OciError.NAME_UNKNOWN, message(e));
      case InvalidNameException e -> response(exchange, invalidName(e), message(e));
      default -> {
        LOG.error("{} {} failed", exchange.method(), exchange.target().path(), cause);
        yield response(exchange, OciError.INTERNAL, "see the log of this edge");
      }
    };
  }

  /** An answer that is one entry of the table. */
  static Response response(Exchange exchange, OciError error, String detail) {
    ObjectNode root = JSON.createObjectNode();
    root.putArray("errors")
        .addObject()
        .put("code", error.code())
        .put("message", error.message())
        .put("detail", detail);
    HttpHeaders headers = Headers.common();
    headers.set(HttpHeaderNames.CONTENT_TYPE, "application/json; charset=utf-8");
    if (error == OciError.UNSUPPORTED) {
      headers.set(HttpHeaderNames.ALLOW, "GET, HEAD");
    }
    return Response.of(error.status(), headers, JSON.writeValueAsBytes(root));
  }

  private static Response response(
      Exchange exchange, UpstreamException failure, RegistryPath.Kind kind) {
    String detail = message(failure);
    return switch (failure) {
      case UpstreamException.NotFound e -> response(exchange, notFound(e, kind), detail);
      case UpstreamException.Denied _ -> response(exchange, OciError.DENIED, detail);
      case UpstreamException.RateLimited e ->
          retryLater(response(exchange, OciError.UNAVAILABLE, detail), e.retryAfter());
      case UpstreamException.Unavailable _ ->
          retryLater(response(exchange, OciError.UNAVAILABLE, detail), RETRY_AFTER);
      case UpstreamException.Invalid _ -> response(exchange, OciError.BAD_GATEWAY, detail);
    };
  }

  private static String message(Throwable cause) {
    return String.valueOf(cause.getMessage());
  }

  private static Response retryLater(Response response, Duration after) {
    response.headers().set(HttpHeaderNames.RETRY_AFTER, Math.max(1, after.toSeconds()));
    return response;
  }

  private static OciError notFound(UpstreamException.NotFound failure, RegistryPath.Kind kind) {
    if (failure.code().filter(OciError.NAME_UNKNOWN.name()::equals).isPresent()) {
      return OciError.NAME_UNKNOWN;
    }
    return switch (kind) {
      case MANIFEST, REFERRERS -> OciError.MANIFEST_UNKNOWN;
      case BLOB -> OciError.BLOB_UNKNOWN;
      case TAGS -> OciError.NAME_UNKNOWN;
    };
  }

  private static OciError invalidName(InvalidNameException e) {
    return switch (e.kind()) {
      case "digest" -> OciError.DIGEST_INVALID;
      case "tag" -> OciError.TAG_INVALID;
      default -> OciError.NAME_INVALID;
    };
  }
}

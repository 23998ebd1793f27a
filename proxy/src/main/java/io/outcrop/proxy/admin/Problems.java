package io.outcrop.proxy.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.outcrop.oci.InvalidNameException;
import io.outcrop.proxy.http.BodyTooLargeException;
import io.outcrop.proxy.http.Exchange;
import io.outcrop.proxy.http.Response;
import io.outcrop.proxy.images.ImageException;
import io.outcrop.proxy.images.PinnedException;
import io.outcrop.proxy.names.UnknownNamespaceException;
import io.outcrop.proxy.upstream.UpstreamException;
import io.outcrop.storage.InsufficientSpaceException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Puts what went wrong into problem documents as RFC 9457 has them. Stateless. */
final class Problems {

  private static final Logger LOG = LoggerFactory.getLogger(Problems.class);
  private static final JsonMapper JSON = JsonMapper.shared();

  private Problems() {}

  /** The answer to a request that failed. */
  static Response of(Exchange exchange, Throwable cause) {
    return switch (cause) {
      case ProblemException e -> of(e.status(), message(e), e.members());
      case InvalidNameException e -> of(HttpResponseStatus.BAD_REQUEST, message(e));
      case UnknownNamespaceException e -> of(HttpResponseStatus.NOT_FOUND, message(e));
      case BodyTooLargeException e -> of(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, message(e));
      case ImageException e -> of(HttpResponseStatus.UNPROCESSABLE_ENTITY, message(e));
      case PinnedException e -> of(HttpResponseStatus.CONFLICT, message(e));
      case InsufficientSpaceException e -> of(HttpResponseStatus.INSUFFICIENT_STORAGE, message(e));
      case UpstreamException e -> of(status(e), message(e));
      default -> {
        LOG.error("{} {} failed", exchange.method(), exchange.target().path(), cause);
        yield of(HttpResponseStatus.INTERNAL_SERVER_ERROR, "see the log of this edge");
      }
    };
  }

  static Response of(HttpResponseStatus status, String detail) {
    return of(status, detail, Map.of());
  }

  static Response of(HttpResponseStatus status, String detail, Map<String, Object> members) {
    ObjectNode problem = JSON.createObjectNode();
    problem
        .put("type", "about:blank")
        .put("title", status.reasonPhrase())
        .put("status", status.code())
        .put("detail", detail);
    members.forEach(problem::putPOJO);
    return Response.of(
        status,
        Response.newHeaders()
            .set(HttpHeaderNames.CONTENT_TYPE, "application/problem+json")
            .set(HttpHeaderNames.CACHE_CONTROL, "no-store"),
        JSON.writeValueAsBytes(problem));
  }

  private static HttpResponseStatus status(UpstreamException failure) {
    return switch (failure) {
      case UpstreamException.NotFound _ -> HttpResponseStatus.NOT_FOUND;
      case UpstreamException.Denied _, UpstreamException.Invalid _ ->
          HttpResponseStatus.BAD_GATEWAY;
      case UpstreamException.RateLimited _, UpstreamException.Unavailable _ ->
          HttpResponseStatus.SERVICE_UNAVAILABLE;
    };
  }

  private static String message(Throwable cause) {
    return String.valueOf(cause.getMessage());
  }
}

package io.outcrop.proxy.registry;

import io.netty.handler.codec.http.HttpResponseStatus;

/** The errors of the distribution specification, each with its status; the one table of them. */
enum OciError {
  BLOB_UNKNOWN(404, "blob unknown to registry"),
  MANIFEST_UNKNOWN(404, "manifest unknown"),
  NAME_UNKNOWN(404, "repository name not known to registry"),
  NAME_INVALID(400, "invalid repository name"),
  DIGEST_INVALID(400, "invalid digest"),
  TAG_INVALID(400, "invalid tag"),
  MANIFEST_INVALID(400, "manifest invalid"),
  PAGINATION_NUMBER_INVALID(400, "invalid number of results requested"),
  DENIED(403, "requested access to the resource is denied"),
  UNSUPPORTED(405, "the operation is unsupported"),
  NOT_FOUND(404, "no such endpoint"),
  /** Never 429: containerd would ask again at once, five times, instead of going elsewhere. */
  UNAVAILABLE(503, "service unavailable"),
  BAD_GATEWAY(502, "the upstream registry sent what cannot be right"),
  INTERNAL(500, "internal error");

  private final int status;
  private final String message;

  OciError(int status, String message) {
    this.status = status;
    this.message = message;
  }

  HttpResponseStatus status() {
    return HttpResponseStatus.valueOf(status);
  }

  String message() {
    return message;
  }

  /** The code on the wire; those that the specification has no word for are UNKNOWN. */
  String code() {
    return switch (this) {
      case NOT_FOUND, BAD_GATEWAY, INTERNAL -> "UNKNOWN";
      default -> name();
    };
  }
}

package io.outcrop.proxy.http;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;

/**
 * An answer. It owns the blob content in its body until it is sent or dropped.
 *
 * @param status the status
 * @param headers all headers but those of the connection and the date
 * @param body the parts of the body in their order
 * @param owned closed when the answer has been sent or dropped
 */
public record Response(
    HttpResponseStatus status,
    HttpHeaders headers,
    List<BodyPart> body,
    List<? extends AutoCloseable> owned) {

  /** Headers to fill, not validated again: what goes in is ours or was checked as it came in. */
  public static HttpHeaders newHeaders() {
    return DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
  }

  /** An answer with a body in memory; its length is set. */
  public static Response of(HttpResponseStatus status, HttpHeaders headers, byte[] body) {
    headers.set(HttpHeaderNames.CONTENT_LENGTH, body.length);
    return new Response(
        status,
        headers,
        body.length == 0 ? List.of() : List.of(new BodyPart.Bytes(body)),
        List.of());
  }

  /** An answer to HEAD: headers only, of a length that the caller has set. */
  public static Response head(HttpResponseStatus status, HttpHeaders headers) {
    return new Response(status, headers, List.of(), List.of());
  }

  /** Lets go of the content it owns. */
  void close() {
    for (AutoCloseable resource : owned) {
      try {
        resource.close();
      } catch (Exception e) {
        throw new IllegalStateException("closing the content of an answer failed", e);
      }
    }
  }
}

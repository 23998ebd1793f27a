package io.outcrop.proxy.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.outcrop.proxy.fill.BlobContent;
import io.outcrop.proxy.http.ByteRanges.ByteRange;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

/** Makes the answer to a request for content that may be asked for in ranges. */
public final class BlobResponse {

  private BlobResponse() {}

  /**
   * Answers with all of some content, or the ranges asked for, or says that nothing has changed.
   *
   * @param exchange the request
   * @param headers those of the content, its entity tag included
   * @param content the bytes; closed with the answer
   */
  public static Response of(Exchange exchange, HttpHeaders headers, BlobContent content) {
    return of(
        exchange,
        headers,
        content.size(),
        List.of(content),
        range -> new BodyPart.Slice(content, range.from(), range.to()));
  }

  /** The same for content in memory. */
  public static Response of(Exchange exchange, HttpHeaders headers, byte[] content) {
    return of(
        exchange,
        headers,
        content.length,
        List.of(),
        range ->
            new BodyPart.Bytes(
                range.length() == content.length
                    ? content
                    : Arrays.copyOfRange(content, (int) range.from(), (int) range.to())));
  }

  /** The answer to HEAD where only the length is known. */
  public static Response head(HttpHeaders headers, long size) {
    headers.set(HttpHeaderNames.CONTENT_LENGTH, size);
    headers.set(HttpHeaderNames.ACCEPT_RANGES, "bytes");
    return Response.head(HttpResponseStatus.OK, headers);
  }

  private static Response of(
      Exchange exchange,
      HttpHeaders headers,
      long size,
      List<BlobContent> owned,
      Function<ByteRange, BodyPart> slicer) {
    headers.set(HttpHeaderNames.ACCEPT_RANGES, "bytes");
    String entityTag = headers.get(HttpHeaderNames.ETAG, "");
    if (Conditions.notModified(exchange, entityTag)) {
      return new Response(HttpResponseStatus.NOT_MODIFIED, headers, List.of(), owned);
    }
    // HEAD is answered as a GET without Range would be.
    Optional<String> range =
        exchange.isHead() || !Conditions.rangeApplies(exchange, entityTag)
            ? Optional.empty()
            : exchange.header(HttpHeaderNames.RANGE);
    return switch (ByteRanges.parse(range, size)) {
      case ByteRanges.Parsed.Whole _ -> {
        headers.set(HttpHeaderNames.CONTENT_LENGTH, size);
        List<BodyPart> body = size == 0 ? List.of() : List.of(slicer.apply(new ByteRange(0, size)));
        yield new Response(HttpResponseStatus.OK, headers, body, owned);
      }
      case ByteRanges.Parsed.Unsatisfiable _ -> {
        headers.set(HttpHeaderNames.CONTENT_RANGE, "bytes */" + size);
        headers.set(HttpHeaderNames.CONTENT_LENGTH, 0);
        yield new Response(
            HttpResponseStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers, List.of(), owned);
      }
      case ByteRanges.Parsed.Some(ByteRanges(List<ByteRange> ranges)) ->
          ranges.size() == 1
              ? single(headers, size, ranges.getFirst(), owned, slicer)
              : multiple(headers, size, ranges, owned, slicer);
    };
  }

  private static Response single(
      HttpHeaders headers,
      long size,
      ByteRange range,
      List<BlobContent> owned,
      Function<ByteRange, BodyPart> slicer) {
    headers.set(HttpHeaderNames.CONTENT_RANGE, contentRange(range, size));
    headers.set(HttpHeaderNames.CONTENT_LENGTH, range.length());
    return new Response(
        HttpResponseStatus.PARTIAL_CONTENT, headers, List.of(slicer.apply(range)), owned);
  }

  private static Response multiple(
      HttpHeaders headers,
      long size,
      List<ByteRange> ranges,
      List<BlobContent> owned,
      Function<ByteRange, BodyPart> slicer) {
    String boundary =
        "outcrop-%016x%016x"
            .formatted(
                ThreadLocalRandom.current().nextLong(), ThreadLocalRandom.current().nextLong());
    String type = headers.get(HttpHeaderNames.CONTENT_TYPE, "application/octet-stream");
    List<BodyPart> body = new ArrayList<>();
    for (ByteRange range : ranges) {
      body.add(
          text(
              "\r\n--"
                  + boundary
                  + "\r\nContent-Type: "
                  + type
                  + "\r\nContent-Range: "
                  + contentRange(range, size)
                  + "\r\n\r\n"));
      body.add(slicer.apply(range));
    }
    body.add(text("\r\n--" + boundary + "--\r\n"));
    headers.set(HttpHeaderNames.CONTENT_TYPE, "multipart/byteranges; boundary=" + boundary);
    headers.set(HttpHeaderNames.CONTENT_LENGTH, body.stream().mapToLong(BodyPart::length).sum());
    return new Response(HttpResponseStatus.PARTIAL_CONTENT, headers, body, owned);
  }

  private static String contentRange(ByteRange range, long size) {
    return "bytes " + range.from() + '-' + (range.to() - 1) + '/' + size;
  }

  private static BodyPart text(String text) {
    return new BodyPart.Bytes(text.getBytes(StandardCharsets.US_ASCII));
  }
}

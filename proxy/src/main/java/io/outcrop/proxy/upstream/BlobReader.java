package io.outcrop.proxy.upstream;

import io.outcrop.oci.Digest;
import io.outcrop.oci.RepositoryName;
import io.outcrop.proxy.upstream.Limits.Permit;
import java.util.Optional;
import java.util.OptionalLong;

/** Asks an endpoint for blobs. */
final class BlobReader {

  private final Limits limits;
  private final UpstreamMetrics metrics;

  BlobReader(Limits limits, UpstreamMetrics metrics) {
    this.limits = limits;
    this.metrics = metrics;
  }

  /** The length of a blob: by HEAD, or by asking for one byte where HEAD tells nothing. */
  long size(EndpointClient client, RepositoryName repository, Digest digest)
      throws UpstreamException {
    String path = path(repository, digest);
    // 403: addresses signed for GET are not good for HEAD.
    Call head = Call.head(Kind.BLOB_HEAD, repository, path).accepting("*/*").seeing(403, 405, 501);
    OptionalLong size =
        client.call(
            head,
            (answer, _) -> answer.status() == 200 ? answer.contentLength() : OptionalLong.empty());
    if (size.isPresent()) {
      return size.getAsLong();
    }
    Call get =
        Call.get(Kind.BLOB_HEAD, repository, path).accepting("*/*").ranged("bytes=0-0").seeing(416);
    size = client.call(get, (answer, _) -> sizeOfWhole(answer));
    return size.orElseThrow(() ->
        new UpstreamException.Invalid(who(client) + " does not tell the length of " + digest));
  }

  private static OptionalLong sizeOfWhole(Answer answer) {
    if (answer.status() == 416) {
      return OptionalLong.of(0); // there is no first byte
    }
    return answer.status() == 200
        ? answer.contentLength()
        : range(answer).map(ContentRange::total).orElse(OptionalLong.empty());
  }

  /** The bytes of a blob from some offset on. */
  BlobStream open(EndpointClient client, RepositoryName repository, Digest digest, long offset)
      throws UpstreamException {
    Call get = Call.get(Kind.BLOB, repository, path(repository, digest)).accepting("*/*");
    Call call = offset == 0 ? get : get.ranged("bytes=" + offset + "-").seeing(416);
    return client.call(call, (answer, permit) -> stream(answer, permit, client, offset));
  }

  private BlobStream stream(Answer answer, Permit permit, EndpointClient client, long offset)
      throws UpstreamException.Invalid {
    String who = who(client);
    if (answer.isEncoded()) {
      throw new UpstreamException.Invalid(who + " sent an encoded blob (expected: identity)");
    }
    OptionalLong length = answer.contentLength();
    if (answer.status() == 200) {
      return body(answer, permit, client, 0, length, length);
    }
    if (answer.status() == 416) {
      throw new UpstreamException.Invalid(who + " has no byte at offset " + offset);
    }
    ContentRange range =
        range(answer)
            .filter(_ -> offset > 0)
            .orElseThrow(
                () -> new UpstreamException.Invalid(who + " sent a part that was not asked for"));
    boolean toTheEnd = range.end() + 1 == range.total().orElse(range.end() + 1);
    if (range.start() != offset || !toTheEnd || length.orElse(range.length()) != range.length()) {
      throw new UpstreamException.Invalid(
          who
              + " sent "
              + range
              + " with length "
              + length
              + " (expected: from "
              + offset
              + " to the end)");
    }
    return body(answer, permit, client, offset, range.total(), OptionalLong.of(range.length()));
  }

  private BlobStream body(
      Answer answer,
      Permit permit,
      EndpointClient client,
      long offset,
      OptionalLong total,
      OptionalLong expected) {
    return new BlobBody(
        answer, permit, client.endpoint(), limits, metrics, offset, total, expected);
  }

  private static Optional<ContentRange> range(Answer answer) {
    return answer.header("Content-Range").flatMap(ContentRange::parse);
  }

  private static String path(RepositoryName repository, Digest digest) {
    return repository + "/blobs/" + digest;
  }

  private static String who(EndpointClient client) {
    return client.endpoint().address().label();
  }
}

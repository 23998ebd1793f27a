package io.outcrop.proxy.upstream;

import io.outcrop.proxy.upstream.Limits.Permit;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/** A blob stream over an answer: counts, paces, and gives back what it holds. */
final class BlobBody implements BlobStream {

  private final Answer answer;
  private final Permit permit;
  private final Endpoint endpoint;
  private final Limits limits;
  private final UpstreamMetrics metrics;
  private final long offset;
  private final OptionalLong total;
  private final OptionalLong expected;
  private long count;

  BlobBody(
      Answer answer,
      Permit permit,
      Endpoint endpoint,
      Limits limits,
      UpstreamMetrics metrics,
      long offset,
      OptionalLong total,
      OptionalLong expected) {
    this.answer = answer;
    this.permit = permit;
    this.endpoint = endpoint;
    this.limits = limits;
    this.metrics = metrics;
    this.offset = offset;
    this.total = total;
    this.expected = expected;
  }

  @Override
  public OptionalLong totalSize() {
    return total;
  }

  @Override
  public long offset() {
    return offset;
  }

  @Override
  public URI endpoint() {
    return endpoint.address().configured();
  }

  @Override
  public boolean anonymous() {
    return answer.anonymous();
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    if (!target.hasRemaining()) {
      return 0;
    }
    try {
      int length = readSome(target);
      if (length < 0 ? count < expected.orElse(count) : count > expected.orElse(count)) {
        throw new IOException("body: " + count + " bytes (expected: " + expected.orElse(-1) + ")");
      }
      if (length < 0) {
        close();
      } else {
        metrics.bytes(length);
        limits.pay(length);
      }
      return length;
    } catch (IOException e) {
      close();
      if (!Thread.currentThread().isInterrupted()) {
        endpoint.demote();
      }
      throw new IOException(endpoint.address().label() + ": " + e.getMessage(), e);
    }
  }

  private int readSome(ByteBuffer target) throws IOException {
    int limit = target.limit();
    target.limit(target.position() + limits.quantum(target.remaining()));
    try {
      int length = answer.body().read(target, answer.stall());
      count += Math.max(0, length);
      return length;
    } finally {
      target.limit(limit);
    }
  }

  @Override
  public void reject() {
    endpoint.demote();
    close();
  }

  @Override
  public void close() {
    answer.body().cancel();
    permit.close();
  }
}

package io.outcrop.proxy.upstream;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/**
 * The bytes of a blob as they arrive, unverified. Holds a connection and one of the upstream's
 * concurrent requests until closed; for one thread at a time, save {@link #close}.
 */
public interface BlobStream extends AutoCloseable {

  /** The length of the whole blob, where told. */
  OptionalLong totalSize();

  /** Where the stream starts; 0 when a server ignored the offset it was asked for. */
  long offset();

  /**
   * Reads some bytes, waiting for at least one.
   *
   * @return how many, or -1 at the end of the blob; never -1 before all declared bytes came
   * @throws IOException if the body broke off, was too long or too short, or stalled
   */
  int read(ByteBuffer target) throws IOException;

  /** The endpoint that answered, as configured. */
  URI endpoint();

  /** Whether no credential was used, so that the content is public. */
  boolean anonymous();

  /** Whether the bytes come over the link to the upstream rather than being made here. */
  default boolean isRemote() {
    return true;
  }

  /** Tells that the bytes were not the blob: the endpoint is asked last for a while. */
  void reject();

  /** Ends the transfer, wherever it stands; cheap, may be repeated. */
  @Override
  void close();
}

package io.outcrop.storage.layout;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.ManifestParser;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * A layout to read from. Its bytes are whatever somebody put there: but for {@link #document}, who
 * reads them must verify them. Thread-safe.
 */
public interface LayoutReader extends AutoCloseable {

  /**
   * What is in it, as it says now.
   *
   * @throws LayoutException if it says nothing that can be understood
   */
  LayoutIndex index() throws IOException;

  /** When its index was last written; the epoch if that is not known. */
  Instant modified() throws IOException;

  /** The length of some content in bytes; empty if it is not there. */
  OptionalLong size(Digest digest) throws IOException;

  /**
   * The bytes of some content, unverified.
   *
   * @throws LayoutException if it is not there
   */
  InputStream open(Digest digest) throws IOException;

  /** Where it is, for messages. */
  String location();

  @Override
  void close() throws IOException;

  /**
   * A manifest or other small document, verified.
   *
   * @throws LayoutException if it is missing, not as large as it should be or larger than a
   *     manifest may be, or not what its digest says
   */
  default byte[] document(Descriptor descriptor) throws IOException {
    Digest digest = descriptor.digest();
    if (descriptor.size() > ManifestParser.MAX_BYTES) {
      throw new LayoutException(
          "manifest "
              + digest
              + " in "
              + location()
              + ": "
              + descriptor.size()
              + " bytes (expected: <= "
              + ManifestParser.MAX_BYTES
              + ")");
    }
    byte[] bytes;
    try (InputStream in = open(digest)) {
      bytes = in.readNBytes((int) descriptor.size() + 1);
    }
    return Documents.verified(descriptor, bytes, location());
  }
}

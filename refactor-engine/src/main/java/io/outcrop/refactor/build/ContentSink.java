package io.outcrop.refactor.build;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Where the blobs of refactored images go. What has been committed can be opened. Nothing names a
 * blob before the manifest does, which is not put here. Thread-safe.
 */
public interface ContentSink extends ContentSource {

  /** A blob under way. One thread at a time; closing it before it is committed discards it. */
  interface Pending extends Closeable {

    /** Takes the bytes of the blob. */
    OutputStream output();

    /**
     * Keeps the blob, durably, once all of it has been written. If it is there already, that is as
     * good.
     *
     * @param digest what the bytes hash to, as the caller has found
     * @param length how many there are
     */
    void commit(Digest digest, long length, MediaType mediaType) throws IOException;
  }

  /** Whether a blob is there, so that it need not be made again. */
  boolean has(Digest digest) throws IOException;

  /** Begins a blob whose digest is not known yet. */
  Pending begin() throws IOException;

  /** Keeps a small document. */
  default Digest put(byte[] document, MediaType mediaType) throws IOException {
    Digest digest = Digest.sha256(document);
    try (Pending pending = begin()) {
      pending.output().write(document);
      pending.commit(digest, document.length, mediaType);
    }
    return digest;
  }
}

package io.outcrop.refactor.build;

import io.outcrop.oci.Digest;
import java.io.IOException;
import java.io.InputStream;

/** Where layers and documents of an image come from. Thread-safe. */
public interface ContentSource {

  /**
   * Opens a blob. Who reads it checks what comes: it may be anything.
   *
   * @throws java.nio.file.NoSuchFileException if it is not there
   * @throws IOException if it cannot be read
   */
  InputStream open(Digest digest) throws IOException;
}

package io.outcrop.proxy.refactor;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.refactor.build.ContentSink;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Files that work under way needs for a while. What an earlier run left is deleted. */
final class WorkFiles {

  private final Path folder;

  /**
   * @param folder made when absent; nobody else's
   */
  WorkFiles(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    List<Path> left;
    try (Stream<Path> files = Files.list(folder)) {
      left = files.toList();
    }
    for (Path file : left) {
      Files.deleteIfExists(file);
    }
  }

  Path folder() {
    return folder;
  }

  /** Begins a blob in a file of its own. */
  ContentSink.Pending begin(Taker taker) throws IOException {
    Path file = Files.createTempFile(folder, "layer", ".tmp");
    try {
      return new PendingFile(
          file, new BufferedOutputStream(Files.newOutputStream(file), 1 << 17), taker);
    } catch (IOException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }

  /** Takes a blob that has been written, and may move the file elsewhere. */
  interface Taker {
    void take(Path file, Digest digest, long length, MediaType mediaType) throws IOException;
  }

  private record PendingFile(Path file, OutputStream output, Taker taker)
      implements ContentSink.Pending {

    @Override
    public void commit(Digest digest, long length, MediaType mediaType) throws IOException {
      output.close();
      taker.take(file, digest, length, mediaType);
    }

    @Override
    public void close() throws IOException {
      try {
        output.close();
      } finally {
        Files.deleteIfExists(file);
      }
    }
  }
}

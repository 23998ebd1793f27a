package io.outcrop.refactor.build;

import io.outcrop.refactor.model.ContentHash;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * Contents of files on disk for a while, to be read in any order: one temporary file, gone when
 * this is closed or the process ends. One thread writes; afterwards any thread reads.
 */
final class Spool implements Closeable {

  private static final int BUFFER_BYTES = 1 << 17;

  private final FileChannel file;
  private final Map<ContentHash, Long> offsets = new HashMap<>();
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private long length;

  /**
   * @param directory where there is room for the file
   */
  Spool(Path directory) throws IOException {
    Files.createDirectories(directory);
    Path path = Files.createTempFile(directory, "spool", ".tmp");
    this.file =
        FileChannel.open(
            path,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
  }

  /** Adds what is to be found under a hash; that it really has it is checked later. */
  void add(ContentHash content, InputStream bytes) throws IOException {
    long offset = length;
    for (int read = bytes.read(buffer); read >= 0; read = bytes.read(buffer)) {
      ByteBuffer piece = ByteBuffer.wrap(buffer, 0, read);
      while (piece.hasRemaining()) {
        length += file.write(piece, length);
      }
    }
    offsets.put(content, offset);
  }

  /**
   * Reads a part of a content.
   *
   * @param from where in the content
   */
  void read(ContentHash content, long from, byte[] target, int count) throws IOException {
    Long offset = offsets.get(content);
    if (offset == null) {
      throw new IllegalStateException("not spooled: " + content);
    }
    ByteBuffer piece = ByteBuffer.wrap(target, 0, count);
    while (piece.hasRemaining()) {
      if (file.read(piece, offset + from + piece.position()) < 0) {
        throw new IOException("the temporary file has become shorter");
      }
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}

package io.outcrop.bench.refactor;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;

/**
 * Every distinct file content once, in one temporary file. One thread at a time adds; any number
 * read what was added.
 */
final class ContentSpool implements Closeable {

  private final FileChannel file;
  private final Map<Key, Content> known = new HashMap<>();
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 18);
  private long end;

  /** A spool in {@code directory}, gone when it is closed. */
  ContentSpool(Path directory) throws IOException {
    Path path = Files.createTempFile(directory, "content", ".spool");
    file =
        FileChannel.open(
            path,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
  }

  /** Takes the next {@code size} bytes of {@code source}. */
  Content add(InputStream source, long size) throws IOException {
    if (size == 0) {
      return Content.NONE;
    }
    MessageDigest digest = Digests.sha256();
    // Written behind what is there, and written over again if it turns out to be known.
    for (long done = 0; done < size; ) {
      int read = source.read(buffer.array(), 0, (int) Math.min(buffer.capacity(), size - done));
      if (read < 0) {
        throw new EOFException("content ends after " + done + " bytes (expected: " + size + ")");
      }
      digest.update(buffer.array(), 0, read);
      buffer.position(0).limit(read);
      for (long at = end + done; buffer.hasRemaining(); ) {
        at += file.write(buffer, at);
      }
      done += read;
    }
    Key key = Key.of(digest);
    Content content = known.get(key);
    if (content == null) {
      content = new Content(known.size(), end, size);
      known.put(key, content);
      end += size;
    }
    return content;
  }

  /** Fills {@code into} from {@code offset} within the content; what is read is at least a byte. */
  int read(Content content, long offset, ByteBuffer into) throws IOException {
    into.limit((int) Math.min(into.limit(), into.position() + content.size() - offset));
    int read = file.read(into, content.offset() + offset);
    if (read <= 0) {
      throw new EOFException("the spool ends at " + end);
    }
    return read;
  }

  /** All of a small content. */
  byte[] bytes(Content content) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(content.size()));
    while (bytes.hasRemaining()) {
      read(content, bytes.position(), bytes);
    }
    return bytes.array();
  }

  /** Bytes of all distinct contents. */
  long bytes() {
    return end;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}

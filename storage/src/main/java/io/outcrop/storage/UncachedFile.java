package io.outcrop.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A file read from front to end past the page cache (O_DIRECT), so that what is read once does not
 * push out what is read often, and what is checked is the disk and not the memory. Where the file
 * system has no such way, it is read like any file. Not thread-safe.
 */
final class UncachedFile implements AutoCloseable {

  private static final int CHUNK_BYTES = 512 << 10;
  private static final int LARGEST_BLOCK = 64 << 10;
  private static final Optional<OpenOption> DIRECT = directOption();

  /** Where a file is read to; used again for the next one. */
  static final class Buffer {
    private final int alignment;
    private final ByteBuffer chunk;

    /**
     * @param folder on the file system of the files
     */
    Buffer(Path folder) throws IOException {
      long block = Files.getFileStore(folder).getBlockSize();
      boolean usable = DIRECT.isPresent() && block <= LARGEST_BLOCK && CHUNK_BYTES % block == 0;
      alignment = usable ? (int) block : 0;
      chunk =
          usable
              ? ByteBuffer.allocateDirect(CHUNK_BYTES + alignment)
                  .alignedSlice(alignment)
                  .limit(CHUNK_BYTES)
                  .slice()
              : ByteBuffer.allocateDirect(CHUNK_BYTES);
    }
  }

  private final Path path;
  private final Buffer buffer;
  private FileChannel channel;
  private boolean direct;
  private long position;

  private UncachedFile(Path path, Buffer buffer, FileChannel channel, boolean direct) {
    this.path = path;
    this.buffer = buffer;
    this.channel = channel;
    this.direct = direct;
  }

  static UncachedFile open(Path path, Buffer buffer) throws IOException {
    if (buffer.alignment > 0) {
      try {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, DIRECT.orElseThrow());
        return new UncachedFile(path, buffer, channel, true);
      } catch (NoSuchFileException e) {
        throw e;
      } catch (IOException | UnsupportedOperationException e) {
        // Not on this file system; if something else is wrong, it shows again below.
      }
    }
    return new UncachedFile(path, buffer, openPlainly(path), false);
  }

  long size() throws IOException {
    return channel.size();
  }

  /** The next bytes, to be used before the next call; none at the end of the file. */
  ByteBuffer next() throws IOException {
    if (direct && position % buffer.alignment != 0) {
      giveUpDirect(); // A read that was cut short leaves an offset that may not be read at.
    }
    int count;
    try {
      count = channel.read(buffer.chunk.clear(), position);
    } catch (IOException e) {
      if (!direct || !String.valueOf(e.getMessage()).contains("Invalid argument")) {
        throw e;
      }
      giveUpDirect();
      count = channel.read(buffer.chunk.clear(), position);
    }
    position += Math.max(0, count);
    return buffer.chunk.flip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private void giveUpDirect() throws IOException {
    channel.close();
    channel = openPlainly(path);
    direct = false;
  }

  private static FileChannel openPlainly(Path path) throws IOException {
    return FileChannel.open(path, StandardOpenOption.READ);
  }

  // By name: the compiler warns of this class, which the platform supports in jdk.unsupported only.
  private static Optional<OpenOption> directOption() {
    try {
      Object[] options = Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants();
      return options == null
          ? Optional.empty()
          : Stream.of(options)
              .filter(option -> option.toString().equals("DIRECT"))
              .map(OpenOption.class::cast)
              .findFirst();
    } catch (ClassNotFoundException e) {
      return Optional.empty();
    }
  }
}

package io.outcrop.storage.layout;

import io.outcrop.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An OCI image layout in a tar file, as {@code skopeo copy … oci-archive:FILE}, {@code docker save}
 * since Docker 25 and Outcrop write it. Only its headers are read as it is opened. Thread-safe.
 */
public final class TarLayout implements LayoutReader {

  private final FileChannel channel;
  private final String location;
  private final Map<Digest, Extent> contents;
  private final LayoutPart.Index index;

  private TarLayout(
      FileChannel channel, String location, Map<Digest, Extent> contents, LayoutPart.Index index) {
    this.channel = channel;
    this.location = location;
    this.contents = contents;
    this.index = index;
  }

  /**
   * Opens a file.
   *
   * @throws LayoutException if there is no layout in it, or it is cut off
   */
  public static TarLayout open(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      return scan(channel, file.toString());
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static TarLayout scan(FileChannel channel, String location) throws IOException {
    TarLayoutStream stream = new TarLayoutStream(Channels.newInputStream(channel), location);
    Map<Digest, Extent> contents = new HashMap<>();
    LayoutPart.Index index = new LayoutPart.Index(LayoutIndex.empty(), Instant.EPOCH);
    for (Optional<LayoutPart> part = stream.next(); part.isPresent(); part = stream.next()) {
      switch (part.get()) {
        case LayoutPart.Index found -> index = found;
        case LayoutPart.Blob blob -> {
          if (blob.offset() + blob.size() > channel.size()) {
            throw new LayoutException(location + ": cut off within " + blob.digest());
          }
          contents.put(blob.digest(), new Extent(blob.offset(), blob.size()));
        }
      }
    }
    return new TarLayout(channel, location, contents, index);
  }

  @Override
  public LayoutIndex index() {
    return index.index();
  }

  @Override
  public Instant modified() {
    return index.modified();
  }

  @Override
  public OptionalLong size(Digest digest) {
    Extent extent = contents.get(digest);
    return extent == null ? OptionalLong.empty() : OptionalLong.of(extent.size);
  }

  /** Where in the file some content begins, to read much of it in the order it stands there. */
  public OptionalLong offset(Digest digest) {
    Extent extent = contents.get(digest);
    return extent == null ? OptionalLong.empty() : OptionalLong.of(extent.offset);
  }

  @Override
  public InputStream open(Digest digest) throws IOException {
    Extent extent = contents.get(digest);
    if (extent == null) {
      throw new LayoutException(location + ": has no content " + digest);
    }
    return new ExtentStream(extent);
  }

  @Override
  public String location() {
    return location;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private record Extent(long offset, long size) {}

  /** The bytes of an extent, read at explicit positions, so that several may be read at once. */
  private final class ExtentStream extends InputStream {
    private final Extent extent;
    private long position;

    ExtentStream(Extent extent) {
      this.extent = extent;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, target.length);
      long left = extent.size - position;
      if (length == 0 || left == 0) {
        return length == 0 ? 0 : -1;
      }
      ByteBuffer buffer = ByteBuffer.wrap(target, offset, (int) Math.min(length, left));
      int count = channel.read(buffer, extent.offset + position);
      if (count < 0) {
        throw new LayoutException(location + ": was cut off while it was read");
      }
      position += count;
      return count;
    }

    @Override
    public long skip(long length) {
      long skipped = Math.clamp(length, 0, extent.size - position);
      position += skipped;
      return skipped;
    }
  }
}

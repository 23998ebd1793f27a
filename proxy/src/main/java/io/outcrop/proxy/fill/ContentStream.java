package io.outcrop.proxy.fill;

import io.outcrop.proxy.upstream.UpstreamException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a blob in order, whether they are here, on their way, or pass by without being kept.
 * Blocks; not thread-safe.
 */
public final class ContentStream extends InputStream {

  private final BlobContent content;
  private final FollowedContent followed;
  private @Nullable DirectStream direct;
  private long position;

  /** Takes over content, which is closed with this. */
  public ContentStream(BlobContent content) {
    this.content = content;
    this.followed = new FollowedContent(content);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    try {
      int count = (int) read(ByteBuffer.wrap(target, offset, length));
      position += Math.max(0, count);
      return count;
    } catch (UpstreamException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private long read(ByteBuffer target) throws UpstreamException, IOException {
    DirectStream past = direct;
    if (past == null) {
      OptionalLong count = followed.read(target, position);
      if (content.isRevoked()) {
        throw new IOException("the content was found to be damaged");
      }
      if (count.isPresent()) {
        return count.getAsLong();
      }
      if (content.detour().isEmpty()) {
        String why = content.failure().map(Throwable::getMessage).orElse("it cannot be read");
        throw new IOException("broke off at byte " + position + ": " + why);
      }
      past = content.detour().get().open(position);
      direct = past;
    }
    return past.read(target);
  }

  @Override
  public void close() {
    if (direct != null) {
      direct.close();
    }
    followed.close();
  }
}

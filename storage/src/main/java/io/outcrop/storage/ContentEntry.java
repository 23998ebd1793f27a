package io.outcrop.storage;

import io.outcrop.oci.MediaType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The in-memory side of one piece of resident content. Kept lean, as there is one for each: the
 * media type is shared between entries, and the digest is the key it stands under.
 */
final class ContentEntry {

  private static final byte FORMAT = 1;
  private static final int FLAG_INLINE = 1;
  private static final int FLAG_PRIVATE = 2;

  final long size;
  final boolean inline;
  final ContentInfo.Origin origin;
  private volatile @Nullable MediaType mediaType;
  private final AtomicInteger leases = new AtomicInteger();
  private volatile long lastAccessMillis;

  ContentEntry(
      long size,
      boolean inline,
      ContentInfo.Origin origin,
      Optional<MediaType> mediaType,
      long lastAccessMillis) {
    this.size = size;
    this.inline = inline;
    this.origin = origin;
    this.mediaType = mediaType.orElse(null);
    this.lastAccessMillis = lastAccessMillis;
  }

  ContentInfo info() {
    return new ContentInfo(size, mediaType(), origin);
  }

  Optional<MediaType> mediaType() {
    return Optional.ofNullable(mediaType);
  }

  /** Notes the type of content that came as a blob and turned out to be a manifest. */
  void learn(MediaType type) {
    mediaType = type;
  }

  long lastAccessMillis() {
    return lastAccessMillis;
  }

  void touch(long nowMillis) {
    lastAccessMillis = nowMillis;
  }

  /** Marks a reader; fails once the entry was condemned. */
  boolean acquire() {
    return leases.getAndUpdate(count -> count < 0 ? count : count + 1) >= 0;
  }

  void release() {
    leases.decrementAndGet();
  }

  /** Whether it may be condemned: without readers, and not condemned already. */
  boolean idle() {
    return leases.get() == 0;
  }

  /** Takes the entry out of use for good, unless it has readers. */
  boolean condemn() {
    return leases.compareAndSet(0, Integer.MIN_VALUE);
  }

  byte[] encoded() {
    byte[] type = mediaType().map(MediaType::value).orElse("").getBytes(StandardCharsets.UTF_8);
    int flags =
        (inline ? FLAG_INLINE : 0) | (origin == ContentInfo.Origin.PRIVATE ? FLAG_PRIVATE : 0);
    return ByteBuffer.allocate(2 + 2 * Long.BYTES + type.length)
        .put(FORMAT)
        .put((byte) flags)
        .putLong(size)
        .putLong(lastAccessMillis)
        .put(type)
        .array();
  }

  static ContentEntry decode(byte[] value, Interner<MediaType> types) {
    ByteBuffer buffer = ByteBuffer.wrap(value);
    byte format = buffer.get();
    if (format != FORMAT) {
      throw new IllegalStateException("content entry format: " + format + " (expected: 1)");
    }
    int flags = buffer.get();
    long size = buffer.getLong();
    long lastAccess = buffer.getLong();
    String type = StandardCharsets.UTF_8.decode(buffer).toString();
    return new ContentEntry(
        size,
        (flags & FLAG_INLINE) != 0,
        (flags & FLAG_PRIVATE) != 0 ? ContentInfo.Origin.PRIVATE : ContentInfo.Origin.PUBLIC,
        type.isEmpty() ? Optional.empty() : Optional.of(types.intern(new MediaType(type))),
        lastAccess);
  }
}

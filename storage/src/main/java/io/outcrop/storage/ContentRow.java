package io.outcrop.storage;

import io.outcrop.oci.MediaType;
import io.outcrop.storage.cache.Standing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * One piece of content as the database has it.
 *
 * @param entry what memory has of it
 * @param deleting whether it is on its way out: no longer content, though its file may be there
 * @param standing how it stood with the policy when it was last written; empty if never written
 * @param format the format it was read in
 */
record ContentRow(ContentEntry entry, boolean deleting, Optional<Standing> standing, int format) {

  /*
   * Format 2: format, flags, size, last use, standing, media type in what is left. Format 1, of the
   * first version, had no standing and knew no state of deletion. It is read, and written as 2.
   */

  static final int FORMAT = 2;

  private static final int FORMAT_WITHOUT_STANDING = 1;
  private static final int FLAG_INLINE = 1;
  private static final int FLAG_PRIVATE = 2;
  private static final int FLAG_DELETING = 4;
  private static final int HEAD = 2 + 2 * Long.BYTES;

  /** Content that is resident. */
  static byte[] encode(ContentEntry entry, Optional<Standing> standing) {
    return encode(entry, standing, 0);
  }

  /** Content that is on its way out. */
  static byte[] encodeDeleting(ContentEntry entry) {
    return encode(entry, Optional.empty(), FLAG_DELETING);
  }

  private static byte[] encode(ContentEntry entry, Optional<Standing> standing, int state) {
    byte[] type =
        entry.mediaType().map(MediaType::value).orElse("").getBytes(StandardCharsets.UTF_8);
    int flags =
        state
            | (entry.inline ? FLAG_INLINE : 0)
            | (entry.origin() == ContentInfo.Origin.PRIVATE ? FLAG_PRIVATE : 0);
    ByteBuffer row =
        ByteBuffer.allocate(HEAD + StandingCodec.LENGTH + type.length)
            .put((byte) FORMAT)
            .put((byte) flags)
            .putLong(entry.size)
            .putLong(entry.lastAccessMillis());
    return StandingCodec.put(row, standing).put(type).array();
  }

  static ContentRow decode(byte[] value, Interner<MediaType> types) {
    ByteBuffer row = ByteBuffer.wrap(value);
    int format = row.get();
    if (format != FORMAT && format != FORMAT_WITHOUT_STANDING) {
      throw new IllegalStateException("content entry format: " + format + " (expected: 1 or 2)");
    }
    int flags = row.get();
    long size = row.getLong();
    long lastAccess = row.getLong();
    Optional<Standing> standing =
        format == FORMAT_WITHOUT_STANDING ? Optional.empty() : StandingCodec.get(row, size);
    String type = StandardCharsets.UTF_8.decode(row).toString();
    ContentEntry entry =
        new ContentEntry(
            size,
            (flags & FLAG_INLINE) != 0,
            (flags & FLAG_PRIVATE) != 0 ? ContentInfo.Origin.PRIVATE : ContentInfo.Origin.PUBLIC,
            type.isEmpty() ? Optional.empty() : Optional.of(types.intern(new MediaType(type))),
            lastAccess);
    return new ContentRow(entry, (flags & FLAG_DELETING) != 0, standing, format);
  }
}

package io.outcrop.storage;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.outcrop.oci.Digest;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What is resident, as memory has it: an entry for each piece of content, and the bytes of small
 * ones. Thread-safe; looking takes no lock. Changed under the lock of the entry's pool.
 */
final class ContentIndex {

  private final ConcurrentHashMap<Digest, ContentEntry> entries = new ConcurrentHashMap<>();
  private final Cache<Digest, byte[]> bodies;

  /**
   * @param memoryCacheBytes how many bytes of small content are kept on the heap
   */
  ContentIndex(long memoryCacheBytes) {
    bodies =
        Caffeine.newBuilder()
            .maximumWeight(memoryCacheBytes)
            .weigher((Digest digest, byte[] body) -> body.length)
            .build();
  }

  /** The entry of resident content; null if it is not, as this is asked at every request. */
  @Nullable ContentEntry get(Digest digest) {
    return entries.get(digest);
  }

  /** All entries, live. */
  ConcurrentHashMap<Digest, ContentEntry> entries() {
    return entries;
  }

  /** Makes content visible. */
  void put(Digest digest, ContentEntry entry) {
    entries.put(digest, entry);
  }

  /** Makes content invisible. */
  void remove(Digest digest, ContentEntry entry) {
    entries.remove(digest, entry);
    bodies.invalidate(digest);
  }

  /** The bytes of resident content that are on the heap. */
  Optional<byte[]> cachedBody(Digest digest) {
    return entries.containsKey(digest)
        ? Optional.ofNullable(bodies.getIfPresent(digest))
        : Optional.empty();
  }

  /** Keeps the bytes of resident content on the heap. */
  void cacheBody(Digest digest, byte[] body) {
    bodies.put(digest, body);
  }

  int size() {
    return entries.size();
  }
}

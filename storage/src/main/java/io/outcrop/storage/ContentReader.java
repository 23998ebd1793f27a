package io.outcrop.storage;

import io.outcrop.oci.Digest;
import io.outcrop.oci.ManifestParser;
import io.outcrop.storage.Damaged.Finder;
import io.outcrop.storage.Damaged.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives out the bytes of resident content, and finds on the way what is damaged. Thread-safe. */
final class ContentReader {

  private static final Logger LOG = LoggerFactory.getLogger(ContentReader.class);

  private final ContentIndex index;
  private final MetadataStore metadata;
  private final ContentFiles files;
  private final ContentRemover remover;
  private final OpenFiles openFiles;
  private final DamageHandler damage;

  ContentReader(
      ContentIndex index,
      MetadataStore metadata,
      ContentFiles files,
      ContentRemover remover,
      OpenFiles openFiles,
      DamageHandler damage) {
    this.index = index;
    this.metadata = metadata;
    this.files = files;
    this.remover = remover;
    this.openFiles = openFiles;
    this.damage = damage;
  }

  /** As {@link ContentStore#bytes}. */
  Optional<byte[]> bytes(Digest digest) throws StoreException {
    Optional<byte[]> cached = index.cachedBody(digest);
    if (cached.isPresent()) {
      return cached;
    }
    ContentEntry entry = index.get(digest);
    if (entry == null || entry.size > ManifestParser.MAX_BYTES) {
      return Optional.empty();
    }
    Optional<byte[]> body = entry.inline ? readBody(digest, entry) : readFile(digest, entry);
    body.ifPresent(bytes -> index.cacheBody(digest, bytes));
    return body;
  }

  /** As {@link ContentStore#openIfSound}. */
  Optional<BlobFile> openIfSound(Digest digest) {
    return open(digest, (entry, kind) -> {});
  }

  /** As {@link ContentStore#open}. */
  Optional<BlobFile> open(Digest digest) {
    return open(digest, (entry, kind) -> damage.damagedFile(digest, entry, kind, Finder.READER));
  }

  private Optional<BlobFile> open(Digest digest, BiConsumer<ContentEntry, Kind> ifDamaged) {
    ContentEntry entry = index.get(digest);
    if (entry == null || entry.inline || !entry.acquire()) {
      return Optional.empty();
    }
    Optional<Kind> damaged;
    try {
      Optional<FileChannel> channel = files.openComplete(digest, entry.size);
      if (channel.isPresent()) {
        BlobFile file = openFiles.add(digest, channel.get(), () -> remover.released(entry));
        if (!entry.isCondemned()) {
          return Optional.of(file);
        }
        file.close(); // Taken out of use, perhaps before the file was among those to be told.
        return Optional.empty();
      }
      damaged = Optional.of(Kind.WRONG_LENGTH);
    } catch (IOException e) {
      damaged = ReadFailure.damage(e);
      if (damaged.isEmpty()) {
        LOG.error("content {}: cannot be opened: {}", digest, e.toString());
      }
    }
    remover.released(entry);
    damaged.ifPresent(kind -> ifDamaged.accept(entry, kind));
    return Optional.empty();
  }

  private Optional<byte[]> readBody(Digest digest, ContentEntry entry) throws StoreException {
    Optional<byte[]> body = Optional.empty();
    Optional<Kind> damaged;
    try {
      body = metadata.get(Table.BODY, ContentStore.key(digest));
      damaged = ContentVerifier.damageOf(digest, entry, body);
    } catch (CorruptionException e) {
      LOG.error("content {}: {}", digest, e.getMessage());
      damaged = Optional.of(Kind.UNREADABLE);
    }
    if (damaged.isEmpty()) {
      return body;
    }
    damage.damagedBody(digest, entry, damaged.get(), Finder.READER, body);
    return Optional.empty();
  }

  private Optional<byte[]> readFile(Digest digest, ContentEntry entry) throws StoreException {
    Optional<BlobFile> opened = open(digest);
    if (opened.isEmpty()) {
      return Optional.empty();
    }
    Kind damaged;
    try (BlobFile file = opened.get()) {
      byte[] body = new byte[(int) entry.size];
      ContentFiles.readFully(file.channel(), body);
      if (Digest.of(digest.algorithm(), body).equals(digest)) {
        return Optional.of(body);
      }
      damaged = Kind.WRONG_BYTES;
    } catch (IOException e) {
      damaged =
          ReadFailure.damage(e)
              .orElseThrow(
                  () -> new StoreException("content " + digest + ": cannot be read: " + e, e));
    }
    damage.damagedFile(digest, entry, damaged, Finder.READER);
    return Optional.empty();
  }
}

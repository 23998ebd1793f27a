package io.outcrop.storage;

import io.outcrop.oci.Digest;
import io.outcrop.oci.ManifestParser;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives out the bytes of resident content, and finds on the way what is damaged. Thread-safe. */
final class ContentReader {

  private static final Logger LOG = LoggerFactory.getLogger(ContentReader.class);

  private final ContentIndex index;
  private final MetadataStore metadata;
  private final ContentFiles files;
  private final ContentRemover remover;

  ContentReader(
      ContentIndex index, MetadataStore metadata, ContentFiles files, ContentRemover remover) {
    this.index = index;
    this.metadata = metadata;
    this.files = files;
    this.remover = remover;
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
    Optional<byte[]> body =
        entry.inline ? metadata.get(Table.BODY, ContentStore.key(digest)) : readFile(digest, entry);
    if (body.isPresent() && body.get().length == entry.size) {
      index.cacheBody(digest, body.get());
      return body;
    }
    remover.forget(digest, entry, Reason.DAMAGED, "its bytes are missing");
    return Optional.empty();
  }

  /** As {@link ContentStore#open}. */
  Optional<BlobFile> open(Digest digest) {
    ContentEntry entry = index.get(digest);
    if (entry == null || entry.inline || !entry.acquire()) {
      return Optional.empty();
    }
    try {
      Optional<FileChannel> channel = files.openComplete(digest, entry.size);
      if (channel.isPresent()) {
        BlobFile file = new BlobFile(channel.get());
        file.whenClosed(() -> remover.released(entry));
        return Optional.of(file);
      }
      remover.released(entry);
      remover.forget(digest, entry, Reason.DAMAGED, "its file has another length");
    } catch (NoSuchFileException e) {
      remover.released(entry);
      remover.forget(digest, entry, Reason.DAMAGED, "its file is missing");
    } catch (IOException e) {
      remover.released(entry);
      LOG.error("content {}: cannot be opened: {}", digest, e.toString());
    }
    return Optional.empty();
  }

  private Optional<byte[]> readFile(Digest digest, ContentEntry entry) throws StoreException {
    Optional<BlobFile> opened = open(digest);
    if (opened.isEmpty()) {
      return Optional.empty();
    }
    try (BlobFile file = opened.get()) {
      byte[] body = new byte[(int) entry.size];
      ContentFiles.readFully(file.channel(), body);
      return Optional.of(body);
    } catch (IOException e) {
      throw new StoreException("content " + digest + ": cannot be read: " + e, e);
    }
  }
}

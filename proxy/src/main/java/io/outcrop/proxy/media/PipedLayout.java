package io.outcrop.proxy.media;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.Manifest;
import io.outcrop.oci.ManifestParser;
import io.outcrop.proxy.media.ImportPlan.Need;
import io.outcrop.storage.layout.LayoutPart;
import io.outcrop.storage.layout.TarLayoutStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A layout in a tar that comes through a pipe: its index first, then all manifests, then the blobs,
 * as Outcrop writes it. The manifests are kept in memory. Not thread-safe.
 */
final class PipedLayout implements DocumentSource, BlobSupply {

  private static final long MOST_DOCUMENT_BYTES = 64 << 20;

  private final TarLayoutStream stream;
  private final LayoutPart.Index index;
  private final Map<Digest, byte[]> documents = new HashMap<>();
  // The first part behind the documents, which had to be read to know that they were over.
  private Optional<LayoutPart.Blob> next = Optional.empty();

  /**
   * Reads up to the first blob.
   *
   * @throws MediaException if the parts are in another order
   */
  PipedLayout(TarLayoutStream stream) throws IOException {
    this.stream = stream;
    if (!(stream.next().orElse(null) instanceof LayoutPart.Index first)) {
      throw outOfOrder();
    }
    index = first;
    readDocuments();
  }

  LayoutPart.Index index() {
    return index;
  }

  @Override
  public Optional<byte[]> document(Descriptor descriptor) {
    return Optional.ofNullable(documents.get(descriptor.digest()));
  }

  @Override
  public void give(Collection<Need> needs, Taker taker) throws IOException {
    Map<Digest, Need> wanted = new LinkedHashMap<>();
    needs.forEach(need -> wanted.put(need.digest(), need));
    Optional<LayoutPart.Blob> blob = next;
    while (blob.isPresent()) {
      Need need = wanted.remove(blob.get().digest());
      if (need != null) {
        if (need.size() != blob.get().size()) {
          throw new MediaException(
              "the layout has %d bytes for %s (expected: %d, as its manifest says)"
                  .formatted(blob.get().size(), need.digest(), need.size()));
        }
        taker.take(need, new Once(blob.get()));
      }
      blob = nextBlob();
    }
  }

  private void readDocuments() throws IOException {
    Map<Digest, Descriptor> awaited = new HashMap<>();
    index.index().entries().forEach(entry -> awaited.put(entry.digest(), entry));
    long bytes = 0;
    next = nextBlob();
    while (next.isPresent() && awaited.containsKey(next.get().digest())) {
      Descriptor descriptor = awaited.remove(next.get().digest());
      bytes += next.get().size();
      if (next.get().size() > ManifestParser.MAX_BYTES || bytes > MOST_DOCUMENT_BYTES) {
        throw new MediaException(
            "the manifests are too large to be kept in memory: save the tar, and import the file");
      }
      byte[] document = verified(descriptor, next.get());
      documents.put(descriptor.digest(), document);
      if (Documents.parse(descriptor, document) instanceof Manifest.Index list) {
        for (Descriptor child : list.manifests()) {
          if (Documents.isDocument(child.mediaType()) && !documents.containsKey(child.digest())) {
            awaited.put(child.digest(), child);
          }
        }
      }
      next = nextBlob();
    }
  }

  private Optional<LayoutPart.Blob> nextBlob() throws IOException {
    Optional<LayoutPart> part = stream.next();
    if (part.isPresent() && part.get() instanceof LayoutPart.Blob blob) {
      return Optional.of(blob);
    }
    if (part.isPresent()) {
      throw outOfOrder();
    }
    return Optional.empty();
  }

  private static byte[] verified(Descriptor descriptor, LayoutPart.Blob blob) throws IOException {
    byte[] bytes = blob.bytes().readAllBytes();
    Digest actual = Digest.of(descriptor.digest().algorithm(), bytes);
    if (bytes.length != descriptor.size() || !actual.equals(descriptor.digest())) {
      throw new MediaException(
          "the layout has wrong bytes in it: manifest %s has the digest %s and %d bytes"
              .formatted(descriptor.digest(), actual, bytes.length));
    }
    return bytes;
  }

  private static MediaException outOfOrder() {
    return new MediaException(
        "the tar has its manifests behind its blobs: save it, and import the file");
  }

  /** The bytes of a blob in a pipe, which come by once; what was not read may be read yet. */
  private static final class Once implements Source {
    private final LayoutPart.Blob blob;
    private long position;

    Once(LayoutPart.Blob blob) {
      this.blob = blob;
    }

    @Override
    public InputStream open(long offset) throws IOException {
      if (offset < position) {
        throw new MediaException(
            blob.digest() + " has to be sent once more, and has gone by in the pipe: import again");
      }
      blob.bytes().skipNBytes(offset - position);
      position = offset;
      return new InputStream() {
        @Override
        public int read() throws IOException {
          byte[] one = new byte[1];
          return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int from, int length) throws IOException {
          int count = blob.bytes().read(target, from, length);
          position += Math.max(0, count);
          return count;
        }
      };
    }
  }
}

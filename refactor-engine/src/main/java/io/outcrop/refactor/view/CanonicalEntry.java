package io.outcrop.refactor.view;

import io.outcrop.refactor.model.ByteString;
import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.model.Entry;
import io.outcrop.refactor.model.FilePath;
import io.outcrop.refactor.model.Metadata;
import io.outcrop.refactor.model.Node;
import io.outcrop.refactor.model.Xattr;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * The one form in which an entry is hashed: all that counts as the same file, and no more. Every
 * field of variable length is preceded by it, so that no two entries have the same form. Reused for
 * entry after entry; not thread-safe.
 */
public final class CanonicalEntry {

  private byte[] bytes = new byte[512];
  private int size;

  /** Takes an entry with its path. */
  public CanonicalEntry set(Entry entry) {
    size = 0;
    path(entry.path());
    file(entry.metadata(), entry.node());
    return this;
  }

  /** Takes what is at a path, without the path. */
  public CanonicalEntry set(Metadata metadata, Node node) {
    size = 0;
    file(metadata, node);
    return this;
  }

  private void file(Metadata metadata, Node node) {
    number(node.type().code() + (node instanceof Node.HardLink ? 0x100 : 0));
    number(metadata.mode());
    number(metadata.uid());
    number(metadata.gid());
    number(metadata.seconds());
    number(metadata.nanos());
    switch (node) {
      case Node.RegularFile file -> {
        number(file.length());
        hash(file.content());
      }
      case Node.SymbolicLink link -> string(link.target());
      case Node.Device device -> {
        number(device.major());
        number(device.minor());
      }
      case Node.HardLink link -> path(link.target());
      case Node.Directory _, Node.Fifo _ -> {}
    }
    number(metadata.xattrs().size());
    for (Xattr xattr : metadata.xattrs()) {
      string(xattr.name());
      string(xattr.value());
    }
  }

  private void number(long value) {
    reserve(Long.BYTES);
    for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
      bytes[size++] = (byte) (value >>> shift);
    }
  }

  private void string(ByteString value) {
    number(value.length());
    reserve(value.length());
    value.copyTo(bytes, size);
    size += value.length();
  }

  private void path(FilePath path) {
    number(path.length());
    reserve(path.length());
    path.copyTo(bytes, size);
    size += path.length();
  }

  private void hash(ContentHash hash) {
    reserve(ContentHash.BYTES);
    hash.writeTo(bytes, size);
    size += ContentHash.BYTES;
  }

  private void reserve(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }

  /** Adds the form to a hash computation. */
  public void addTo(MessageDigest digest) {
    digest.update(bytes, 0, size);
  }

  /** The hash of the form: equal for entries that are the same in every respect. */
  public ContentHash hash() {
    MessageDigest digest = ContentHash.newHash();
    addTo(digest);
    return ContentHash.finish(digest);
  }
}

package io.outcrop.refactor.view;

import io.outcrop.refactor.model.ByteString;
import io.outcrop.refactor.model.ContentHash;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One hash for a whole root file system: equal if and only if the views are, but for the root's own
 * metadata. A Merkle tree along the directories: a directory's hash covers its metadata and the
 * names and hashes of what is in it.
 */
public final class TreeDigest {

  private static final byte[] DOMAIN = {'t', 'r', 'e', 'e', '1'};

  private TreeDigest() {}

  /** An open directory: what is hashed of it so far. */
  private record Open(int entry, MessageDigest digest) {}

  /** The hash of a view. */
  public static ContentHash of(View view) {
    CanonicalEntry form = new CanonicalEntry();
    Deque<Open> open = new ArrayDeque<>();
    MessageDigest root = ContentHash.newHash();
    root.update(DOMAIN);
    open.push(new Open(-1, root));
    for (int entry = 0; entry < view.size(); entry++) {
      closeUntil(view.parent(entry), open, view);
      form.set(view.metadata(entry), view.node(entry));
      if (view.isDirectory(entry)) {
        MessageDigest digest = ContentHash.newHash();
        form.addTo(digest);
        open.push(new Open(entry, digest));
      } else {
        add(view, entry, form.hash(), open.element().digest);
      }
    }
    closeUntil(-1, open, view);
    return ContentHash.finish(root);
  }

  private static void closeUntil(int directory, Deque<Open> open, View view) {
    while (open.element().entry != directory) {
      Open closed = open.pop();
      add(view, closed.entry, ContentHash.finish(closed.digest), open.element().digest);
    }
  }

  private static void add(View view, int entry, ContentHash hash, MessageDigest directory) {
    ByteString name = view.name(entry);
    byte[] line = new byte[Integer.BYTES + name.length() + ContentHash.BYTES];
    int length = name.length();
    for (int i = 0; i < Integer.BYTES; i++) {
      line[i] = (byte) (length >>> (Byte.SIZE * (Integer.BYTES - 1 - i)));
    }
    name.copyTo(line, Integer.BYTES);
    hash.writeTo(line, Integer.BYTES + length);
    directory.update(line);
  }
}

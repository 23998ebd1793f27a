package io.outcrop.bench.refactor;

import java.security.MessageDigest;
import java.util.Optional;

/** What has to be equal of two entries for them to be stored once. */
enum Identity {
  /** Path, type, content and all metadata. */
  STRICT("all metadata equal") {
    @Override
    Optional<Key> of(Entry entry) {
      return Optional.of(key(entry, true));
    }
  },

  /** All but the modification time. */
  ANY_TIME("mtime ignored") {
    @Override
    Optional<Key> of(Entry entry) {
      return Optional.of(key(entry, false));
    }
  },

  /** The content of regular files, wherever they are. Nothing else counts at all. */
  CONTENT("content only") {
    @Override
    Optional<Key> of(Entry entry) {
      return entry.size() == 0
          ? Optional.empty()
          : Optional.of(new Key(entry.content().number(), 0, 0, 0));
    }
  };

  private final String description;

  Identity(String description) {
    this.description = description;
  }

  String description() {
    return description;
  }

  /** What equals the key of every entry that is the same; empty for what does not count. */
  abstract Optional<Key> of(Entry entry);

  private static Key key(Entry entry, boolean withTime) {
    MessageDigest digest = Digests.sha256();
    Digests.put(digest, entry.path());
    Digests.put(digest, entry.type());
    Digests.put(digest, entry.mode());
    Digests.put(digest, entry.uid());
    Digests.put(digest, entry.gid());
    Digests.put(digest, withTime ? entry.seconds() : 0);
    Digests.put(digest, withTime ? entry.nanos() : 0);
    Digests.put(digest, entry.link());
    Digests.put(digest, entry.device());
    Digests.put(digest, entry.content().number());
    entry
        .attributes()
        .forEach((name, value) -> {
          Digests.put(digest, name);
          Digests.put(digest, value);
        });
    return Key.of(digest);
  }
}

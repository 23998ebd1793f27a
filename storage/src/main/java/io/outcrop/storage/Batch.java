package io.outcrop.storage;

import io.outcrop.oci.Digest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Changes to the metadata that happen together or not at all. Not thread-safe. */
final class Batch {

  /** One change. */
  sealed interface Change {}

  /** A value is set. */
  record Put(Table table, byte[] key, byte[] value) implements Change {}

  /** A value is removed. */
  record Delete(Table table, byte[] key) implements Change {}

  private final List<Change> changes = new ArrayList<>();
  private final List<Digest> came = new ArrayList<>();
  private final List<Digest> gone = new ArrayList<>();

  Batch put(Table table, byte[] key, byte[] value) {
    changes.add(new Put(table, key, value));
    return this;
  }

  Batch delete(Table table, byte[] key) {
    changes.add(new Delete(table, key));
    return this;
  }

  /** By this batch content becomes resident, which the journal is to say. */
  Batch came(Digest digest) {
    came.add(digest);
    return this;
  }

  /** By this batch content is no longer resident, which the journal is to say. */
  Batch gone(Digest digest) {
    gone.add(digest);
    return this;
  }

  List<Digest> came() {
    return Collections.unmodifiableList(came);
  }

  List<Digest> gone() {
    return Collections.unmodifiableList(gone);
  }

  List<Change> changes() {
    return Collections.unmodifiableList(changes);
  }
}

package io.outcrop.storage;

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

  Batch put(Table table, byte[] key, byte[] value) {
    changes.add(new Put(table, key, value));
    return this;
  }

  Batch delete(Table table, byte[] key) {
    changes.add(new Delete(table, key));
    return this;
  }

  List<Change> changes() {
    return Collections.unmodifiableList(changes);
  }
}

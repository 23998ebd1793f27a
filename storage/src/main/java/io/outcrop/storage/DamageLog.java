package io.outcrop.storage;

import io.outcrop.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What was found damaged and is waiting to be repaired: it outlives the process, so that content
 * damaged while no upstream could be asked is not forgotten. Thread-safe; blocks on the disk.
 */
public final class DamageLog {

  private final MetadataStore metadata;

  DamageLog(MetadataStore metadata) {
    this.metadata = metadata;
  }

  /**
   * What waits, ordered by digest.
   *
   * @param after only what comes behind this
   * @param limit how many at most
   */
  public List<Damaged> pending(Optional<Digest> after, int limit) throws StoreException {
    List<Damaged> pending = new ArrayList<>();
    byte[] from = after.map(ContentStore::behind).orElseGet(() -> new byte[0]);
    metadata.scan(
        Table.DAMAGE,
        new byte[0],
        from,
        (key, value) -> {
          if (pending.size() < limit) {
            Digest content = Digest.parse(new String(key, StandardCharsets.UTF_8));
            pending.add(Damaged.decode(content, value));
          }
          return pending.size() < limit;
        });
    return pending;
  }

  /** Content waits no longer: it is here again, or it is given up. */
  public void settled(Digest content) throws StoreException {
    metadata.write(new Batch().delete(Table.DAMAGE, ContentStore.key(content)));
  }
}

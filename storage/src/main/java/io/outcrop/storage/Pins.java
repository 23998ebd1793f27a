package io.outcrop.storage;

import io.outcrop.oci.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What is to stay, whatever else there is no room for. Pinned content need not be here: once it is,
 * it is never evicted for other content, and it is always worth its room. It may still be lost to a
 * disk, or be evicted by an operator. Thread-safe.
 */
public final class Pins {

  /*
   * Whether content is pinned is also noted in its entry, under the lock of its pool, as the pool
   * counts what may leave. A pin is first seen here and then noted in the entries there are; content
   * that is being published meanwhile has its entry after that, and then looks here.
   */

  private final MetadataStore metadata;
  private final ContentFiles files;
  private final ContentIndex index;
  private final Pools pools;
  private final ReentrantLock changing = new ReentrantLock();
  private final ConcurrentSkipListMap<String, Pin> pins = new ConcurrentSkipListMap<>();
  // How many pins name it.
  private final ConcurrentHashMap<Digest, Integer> pinned = new ConcurrentHashMap<>();

  Pins(MetadataStore metadata, ContentFiles files, ContentIndex index, Pools pools) {
    this.metadata = metadata;
    this.files = files;
    this.index = index;
    this.pools = pools;
  }

  /**
   * Pins content, in place of what was pinned by the same name. Blocks on the disk; when it
   * returns, no loss of power takes back the pin, or what is here of its content.
   *
   * @throws InsufficientSpaceException if all that is pinned could not be kept at once
   */
  public void put(Pin pin) throws StoreException {
    changing.lock();
    try {
      checkRoom(pin);
      syncFolders(pin);
      metadata.write(
          new Batch().put(Table.PIN, key(pin.name()), pin.encoded()), /* durably= */ true);
      Optional<Pin> before = Optional.ofNullable(pins.put(pin.name(), pin));
      pin.content().keySet().forEach(digest -> pinned.merge(digest, 1, Integer::sum));
      before.ifPresent(this::release);
      pin.content().keySet().forEach(this::mark);
      before.ifPresent(old -> old.content().keySet().forEach(this::mark));
    } finally {
      changing.unlock();
    }
  }

  /**
   * Lets pinned content go when its time has come. Blocks on the disk.
   *
   * @return whether there was such a pin
   */
  public boolean remove(String name) throws StoreException {
    changing.lock();
    try {
      if (!pins.containsKey(name)) {
        return false;
      }
      metadata.write(new Batch().delete(Table.PIN, key(name)), /* durably= */ true);
      Optional<Pin> before = Optional.ofNullable(pins.remove(name));
      before.ifPresent(this::release);
      before.ifPresent(old -> old.content().keySet().forEach(this::mark));
      return true;
    } finally {
      changing.unlock();
    }
  }

  /** A pin by its name. */
  public Optional<Pin> get(String name) {
    return Optional.ofNullable(pins.get(name));
  }

  /** All pins, by their names. */
  public List<Pin> all() {
    return List.copyOf(pins.values());
  }

  /** Whether nothing is pinned; never blocks. */
  public boolean isEmpty() {
    return pins.isEmpty();
  }

  /** Whether a pin names this content. */
  public boolean isPinned(Digest content) {
    return pinned.containsKey(content);
  }

  /** Names of the pins that name this content. */
  public List<String> of(Digest content) {
    return isPinned(content)
        ? pins.values().stream()
            .filter(pin -> pin.content().containsKey(content))
            .map(Pin::name)
            .toList()
        : List.of();
  }

  /** Bytes of all that is pinned, whether here or not. */
  public long bytes() {
    return sizes(pins.values()).values().stream().mapToLong(Long::longValue).sum();
  }

  /** Reads the pins of an earlier run; before there are any entries. */
  void restore() throws StoreException {
    metadata.scan(
        Table.PIN,
        new byte[0],
        new byte[0],
        (key, value) -> {
          Pin pin = Pin.decode(new String(key, StandardCharsets.UTF_8), value);
          pins.put(pin.name(), pin);
          pin.content().keySet().forEach(digest -> pinned.merge(digest, 1, Integer::sum));
          return true;
        });
  }

  private void release(Pin pin) {
    pin.content()
        .keySet()
        .forEach(
            digest -> pinned.computeIfPresent(digest, (d, count) -> count == 1 ? null : count - 1));
  }

  /** Notes in the entry of content, if there is one, whether it is pinned now. */
  private void mark(Digest digest) {
    ContentEntry entry = index.get(digest);
    if (entry == null) {
      return;
    }
    SpaceLedger<?> pool = pools.of(entry);
    pool.exclusively(() -> {
      boolean now = isPinned(digest);
      if (index.get(digest) == entry && entry.isPinned() != now) {
        entry.setPinned(now);
        pool.pinned(entry.size, now);
      }
    });
  }

  private void checkRoom(Pin pin) throws InsufficientSpaceException {
    Map<String, Pin> after = new HashMap<>(pins);
    after.put(pin.name(), pin);
    Map<Boolean, Long> inPool = new HashMap<>();
    sizes(after.values())
        .values()
        .forEach(size -> inPool.merge(size <= ContentStore.SMALL_BYTES, size, Long::sum));
    for (Map.Entry<Boolean, Long> pool : inPool.entrySet()) {
      long bound = pools.bound(pool.getKey() ? 0 : Long.MAX_VALUE);
      if (pool.getValue() > bound) {
        throw new InsufficientSpaceException(
            "pin "
                + pin.name()
                + ": "
                + pool.getValue()
                + " bytes would be pinned of content "
                + (pool.getKey() ? "up to " : "over ")
                + ContentStore.SMALL_BYTES
                + " bytes, for which there are "
                + bound
                + "; unpin something, or raise the capacity");
      }
    }
  }

  private static Map<Digest, Long> sizes(Collection<Pin> pins) {
    Map<Digest, Long> sizes = new HashMap<>();
    pins.forEach(
        pin -> pin.content().forEach((digest, size) -> sizes.merge(digest, size, Math::max)));
    return sizes;
  }

  private void syncFolders(Pin pin) throws StoreException {
    try {
      files.syncFolders(
          pin.content().keySet().stream()
              .filter(digest -> {
                ContentEntry entry = index.get(digest);
                return entry != null && !entry.inline;
              })
              .toList());
    } catch (IOException e) {
      throw new StoreException("pin " + pin.name() + ": its content cannot be synced: " + e, e);
    }
  }

  private static byte[] key(String name) {
    return name.getBytes(StandardCharsets.UTF_8);
  }
}

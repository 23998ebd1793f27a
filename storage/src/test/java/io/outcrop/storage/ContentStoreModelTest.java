package io.outcrop.storage;

import static io.outcrop.storage.Contents.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import io.outcrop.storage.ContentInfo.Origin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random sequences of operations, each compared with what a few maps say should happen. */
final class ContentStoreModelTest {

  private static final long SEED = Long.getLong("outcrop.test.seed", System.nanoTime());
  private static final int OPERATIONS = 1_500;
  private static final int NAMES = 40;

  @TempDir Path root;
  private ContentStore store;
  private final Random random = new Random(SEED);
  private final Pool small = new Pool(Contents.SMALL_CAPACITY);
  private final Pool large = new Pool(Contents.LARGE_CAPACITY);
  private final Map<Integer, BlobFile> readers = new HashMap<>();
  private final Map<Integer, PartialBlob> running = new HashMap<>();
  private final Map<Integer, Integer> runningBooked = new HashMap<>();

  /** Least recently used first, which without noted uses is in the order of arrival. */
  private static final class Pool {
    private final long capacity;
    private final Map<Integer, Integer> resident = new LinkedHashMap<>();
    private final Map<Integer, Integer> partials = new LinkedHashMap<>();
    private long growing;

    Pool(long capacity) {
      this.capacity = capacity;
    }

    long booked() {
      return growing + sum(resident) + sum(partials);
    }

    boolean book(int bytes, Map<Integer, BlobFile> inUse) {
      if (growing + bytes > capacity) {
        return false;
      }
      while (booked() + bytes > capacity) {
        Iterator<Integer> victims =
            partials.isEmpty() ? resident.keySet().iterator() : partials.keySet().iterator();
        boolean found = false;
        while (victims.hasNext() && !found) {
          int victim = victims.next();
          if (!partials.isEmpty() || !inUse.containsKey(victim)) {
            victims.remove();
            found = true;
          }
        }
        if (!found) {
          return false;
        }
      }
      growing += bytes;
      return true;
    }

    private static long sum(Map<Integer, Integer> sizes) {
      return sizes.values().stream().mapToLong(Integer::longValue).sum();
    }
  }

  @Test
  void behavesLikeItsModel() throws Exception {
    store = Contents.open(root);
    try {
      for (int i = 0; i < OPERATIONS; i++) {
        String operation = step();
        check("seed " + SEED + ", operation " + i + ": " + operation);
      }
    } catch (IOException | RuntimeException e) {
      throw new AssertionError("seed " + SEED, e);
    } finally {
      store.close();
    }
  }

  private String step() throws IOException {
    int name = random.nextInt(NAMES);
    int choice = random.nextInt(100);
    if (choice < 25) {
      put(name);
      return "put " + name;
    } else if (choice < 45) {
      beginOrGoOn(name);
      return "append to " + name;
    } else if (choice < 65) {
      end(name);
      return "end " + name;
    } else if (choice < 75) {
      openOrClose(name);
      return "open or close " + name;
    } else if (choice < 85) {
      mismatch(name);
      return "mismatch " + name;
    } else if (choice < 97) {
      fill(name);
      return "fill " + name;
    }
    reopen();
    return "reopen";
  }

  private void put(int name) throws IOException {
    Pool pool = pool(name);
    boolean expected = pool.resident.containsKey(name) || pool.book(size(name), readers);
    try {
      Contents.put(store, body(name));
      assertThat(expected).as("seed %d: put %d kept", SEED, name).isTrue();
    } catch (InsufficientSpaceException e) {
      assertThat(expected).as("seed %d: put %d refused: %s", SEED, name, e).isFalse();
      return;
    }
    if (pool.resident.putIfAbsent(name, size(name)) == null) {
      pool.growing -= size(name);
    }
  }

  private void beginOrGoOn(int name) throws IOException {
    PartialBlob partial = running.get(name);
    if (partial == null) {
      if (running.size() == 2) {
        return;
      }
      partial = begin(name);
    }
    int length = Math.min(size(name) - (int) partial.length(), 1 + random.nextInt(80_000));
    if (!reserve(name, partial)) {
      return;
    }
    partial.append(ByteBuffer.wrap(body(name), (int) partial.length(), length));
  }

  private PartialBlob begin(int name) throws IOException {
    Integer kept = large.partials.remove(name);
    int there = kept == null ? 0 : kept;
    large.growing += there;
    PartialBlob partial = store.begin(digest(name));
    assertThat(partial.length()).as("seed %d: resumed %d", SEED, name).isEqualTo(there);
    running.put(name, partial);
    runningBooked.put(name, there);
    return partial;
  }

  private boolean reserve(int name, PartialBlob partial) throws IOException {
    int more = size(name) - runningBooked.get(name);
    boolean expected = more <= 0 || large.book(more, readers);
    try {
      partial.reserve(size(name));
      assertThat(expected).as("seed %d: reserve %d", SEED, name).isTrue();
    } catch (InsufficientSpaceException e) {
      assertThat(expected).as("seed %d: reserve %d refused: %s", SEED, name, e).isFalse();
      return false;
    }
    runningBooked.put(name, size(name));
    return true;
  }

  private void end(int name) throws IOException {
    PartialBlob partial = running.get(name);
    if (partial == null) {
      return;
    }
    if (partial.length() == size(name) && runningBooked.get(name) == size(name)) {
      publish(name, partial);
    } else if (random.nextInt(3) == 0) {
      partial.discard();
      ended(name);
    } else {
      int there = (int) partial.length();
      partial.suspend();
      ended(name);
      if (there > 0) {
        large.partials.put(name, there);
      }
    }
  }

  private void publish(int name, PartialBlob partial) throws IOException {
    Pool pool = pool(name);
    boolean expected =
        pool.resident.containsKey(name) || pool == large || small.book(size(name), readers);
    try {
      partial.publish(Origin.PUBLIC, List.of());
      assertThat(expected).as("seed %d: publish %d", SEED, name).isTrue();
      if (pool.resident.putIfAbsent(name, size(name)) == null && pool == small) {
        small.growing -= size(name);
      }
    } catch (InsufficientSpaceException e) {
      assertThat(expected).as("seed %d: publish %d refused: %s", SEED, name, e).isFalse();
    }
    ended(name);
  }

  private void ended(int name) {
    running.remove(name);
    large.growing -= runningBooked.remove(name);
  }

  private void fill(int name) throws IOException {
    if (running.containsKey(name)) {
      return;
    }
    PartialBlob partial = begin(name);
    if (reserve(name, partial)) {
      int from = (int) partial.length();
      partial.append(ByteBuffer.wrap(body(name), from, size(name) - from));
      publish(name, partial);
    } else {
      end(name);
    }
  }

  private void mismatch(int name) throws IOException {
    if (running.containsKey(name)) {
      return;
    }
    PartialBlob partial = begin(name);
    if (!reserve(name, partial)) {
      partial.discard();
    } else {
      partial.restart();
      partial.append(ByteBuffer.wrap(bytes(1_000 + name, size(name))));
      try {
        partial.publish(Origin.PUBLIC, List.of());
        throw new AssertionError("wrong bytes published");
      } catch (DigestMismatchException expected) {
        assertThat(expected).hasMessageContaining(digest(name).toString());
      }
    }
    ended(name);
  }

  private void openOrClose(int name) throws IOException {
    BlobFile reader = readers.remove(name);
    if (reader != null) {
      assertThat(Contents.read(reader)).isEqualTo(body(name));
      reader.close();
    } else if (readers.size() < 5) {
      store.open(digest(name)).ifPresent(opened -> readers.put(name, opened));
    }
  }

  private void reopen() throws IOException {
    for (PartialBlob partial : running.values()) {
      assertThat(partial.digest()).isNotNull(); // Left to die, as in a crash.
    }
    for (int name : List.copyOf(running.keySet())) {
      int there = (int) running.get(name).length();
      ended(name);
      if (there > 0) {
        large.partials.put(name, there);
      }
    }
    for (BlobFile reader : readers.values()) {
      reader.close();
    }
    readers.clear();
    store.close();
    // The store knows the order of partials by their times, which may tie in a test.
    long time = 1_000_000;
    for (int name : large.partials.keySet()) {
      Files.setLastModifiedTime(
          Contents.partial(root, digest(name)), FileTime.fromMillis(time += 1_000));
    }
    List<Integer> complete = new ArrayList<>(large.partials.keySet());
    complete.retainAll(pools(name -> true).keySet());
    complete.forEach(large.partials::remove);
    store = Contents.open(root);
  }

  private void check(String when) throws IOException {
    assertThat(Contents.booked(store))
        .as(when)
        .isEqualTo(small.booked() + large.booked())
        .isLessThanOrEqualTo(Contents.CAPACITY);
    Map<Integer, Integer> resident = pools(name -> true);
    assertThat(store.statistics().residentCount()).as(when).isEqualTo(resident.size());
    assertThat(store.statistics().damaged()).as(when).isZero();
    for (int name = 0; name < NAMES; name++) {
      assertThat(store.info(digest(name)).isPresent())
          .as("%s: %d resident", when, name)
          .isEqualTo(resident.containsKey(name));
    }
    int one = random.nextInt(NAMES);
    if (resident.containsKey(one)) {
      assertThat(Contents.read(store, digest(one)).orElseThrow()).as(when).isEqualTo(body(one));
    }
    assertThat(Contents.files(root, "fills"))
        .as(when)
        .hasSize(large.partials.size() + running.size());
    if (random.nextInt(20) == 0) {
      assertThat(Contents.files(root, "blobs")).as(when).hasSize(large.resident.size());
    }
  }

  private Map<Integer, Integer> pools(java.util.function.IntPredicate wanted) {
    Map<Integer, Integer> resident = new HashMap<>(small.resident);
    resident.putAll(large.resident);
    resident.keySet().removeIf(name -> !wanted.test(name));
    return resident;
  }

  private Pool pool(int name) {
    return size(name) <= ContentStore.SMALL_BYTES ? small : large;
  }

  private static int size(int name) {
    return name % 2 == 0 ? 1 + name * 1_600 : 65_500 + name * 6_000;
  }

  private static byte[] body(int name) {
    return bytes(name, size(name));
  }

  private static Digest digest(int name) {
    return DIGESTS.computeIfAbsent(name, n -> Digest.sha256(body(n)));
  }

  private static final Map<Integer, Digest> DIGESTS = new HashMap<>();
}

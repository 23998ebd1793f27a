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
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random sequences of operations, each compared with what a few maps say should happen. Which large
 * content leaves for other is the policy's choice; the model looks what it was, and checks that it
 * was free to go and that no more went than had to.
 */
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
  private final Map<Integer, Set<Integer>> pins = new HashMap<>();
  // Evicted under a reader, who is still there.
  private final Map<Integer, Integer> lingering = new HashMap<>();

  private final class Pool {
    private final long capacity;
    // Least recently used first, which without noted uses is in the order of arrival.
    private final Map<Integer, Integer> resident = new LinkedHashMap<>();
    private final Map<Integer, Integer> partials = new LinkedHashMap<>();
    private long growing;

    Pool(long capacity) {
      this.capacity = capacity;
    }

    long booked() {
      return growing + sum(resident) + sum(partials) + (this == large ? sum(lingering) : 0);
    }

    /** What the store should say to a wish for room; the model follows what it did. */
    boolean book(int bytes) {
      long pinned =
          resident.entrySet().stream()
              .filter(content -> isPinned(content.getKey()))
              .mapToLong(Map.Entry::getValue)
              .sum();
      if (booked() - sum(partials) - sum(resident) + pinned + bytes > capacity) {
        assertThat(gone()).as("seed %d: nothing is evicted in vain", SEED).isEmpty();
        return false;
      }
      Iterator<Integer> oldest = partials.keySet().iterator();
      while (booked() + bytes > capacity && oldest.hasNext()) {
        oldest.next();
        oldest.remove();
      }
      long needed = booked() + bytes - capacity;
      Set<Integer> gone = gone();
      assertThat(gone).as("seed %d: evicted", SEED).noneMatch(this::mustStay);
      if (this == small) {
        assertThat(gone).as("seed %d: the eldest go", SEED).isEqualTo(eldest(gone.size()));
      }
      long freed = gone.stream().mapToLong(resident::get).sum();
      long most = gone.stream().mapToLong(resident::get).max().orElse(0);
      assertThat(freed - most)
          .as("seed %d: no more goes than must", SEED)
          .isLessThan(most == 0 ? 1 : needed);
      resident.keySet().removeAll(gone);
      if (freed < needed) {
        assertThat(resident.keySet())
            .as("seed %d: all that may go has gone", SEED)
            .allMatch(this::mustStay);
        return false;
      }
      growing += bytes;
      return true;
    }

    private Set<Integer> eldest(int count) {
      return resident.keySet().stream()
          .filter(name -> !mustStay(name))
          .limit(count)
          .collect(Collectors.toSet());
    }

    private boolean mustStay(int name) {
      return isPinned(name) || (readers.containsKey(name) && !lingering.containsKey(name));
    }

    private Set<Integer> gone() {
      return resident.keySet().stream()
          .filter(name -> store.info(digest(name)).isEmpty())
          .collect(Collectors.toSet());
    }
  }

  private static long sum(Map<Integer, Integer> sizes) {
    return sizes.values().stream().mapToLong(Integer::longValue).sum();
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
    } else if (choice < 73) {
      openOrClose(name);
      return "open or close " + name;
    } else if (choice < 79) {
      mismatch(name);
      return "mismatch " + name;
    } else if (choice < 82) {
      pinOrUnpin(name);
      return "pin or unpin " + name;
    } else if (choice < 86) {
      evict(name);
      return "evict " + name;
    } else if (choice < 97) {
      fill(name);
      return "fill " + name;
    }
    reopen();
    return "reopen";
  }

  private void put(int name) throws IOException {
    Pool pool = pool(name);
    boolean there = pool.resident.containsKey(name);
    boolean kept = true;
    try {
      Contents.put(store, body(name));
    } catch (InsufficientSpaceException e) {
      kept = false;
    }
    assertThat(kept)
        .as("seed %d: put %d kept", SEED, name)
        .isEqualTo(there || pool.book(size(name)));
    if (kept && !there) {
      pool.resident.put(name, size(name));
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
    boolean kept = true;
    try {
      partial.reserve(size(name));
    } catch (InsufficientSpaceException e) {
      kept = false;
    }
    assertThat(kept).as("seed %d: reserve %d", SEED, name).isEqualTo(more <= 0 || large.book(more));
    if (kept) {
      runningBooked.put(name, size(name));
    }
    return kept;
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
    boolean there = pool.resident.containsKey(name);
    boolean kept = true;
    try {
      partial.publish(Origin.PUBLIC, List.of());
    } catch (InsufficientSpaceException e) {
      kept = false;
    }
    assertThat(kept)
        .as("seed %d: publish %d", SEED, name)
        .isEqualTo(there || pool == large || small.book(size(name)));
    if (kept && !there) {
      pool.resident.put(name, size(name));
      small.growing -= pool == small ? size(name) : 0;
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
    // What was refused once may come the next time, and whatever many want comes at once.
    boolean wanted = random.nextBoolean();
    boolean admitted = partial.admits(size(name), wanted);
    assertThat(admitted || (!wanted && !isPinned(name))).as("seed %d", SEED).isTrue();
    if (admitted && reserve(name, partial)) {
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
      lingering.remove(name);
    } else if (readers.size() < 5) {
      store.open(digest(name)).ifPresent(opened -> readers.put(name, opened));
    }
  }

  private void pinOrUnpin(int number) throws IOException {
    int pin = number % 4;
    if (pins.remove(pin) != null) {
      assertThat(store.pins().remove("pin " + pin)).isTrue();
      return;
    }
    Set<Integer> names = Set.copyOf(random.ints(3, 0, NAMES).boxed().toList());
    Map<Digest, Long> content = new HashMap<>();
    names.forEach(name -> content.put(digest(name), (long) size(name)));
    try {
      store.pins().put(new Pin("pin " + pin, List.of(), digest(number), content, Instant.EPOCH));
      pins.put(pin, names);
    } catch (InsufficientSpaceException e) {
      Set<Integer> all = pins.values().stream().flatMap(Set::stream).collect(Collectors.toSet());
      all.addAll(names);
      assertThat(
              all.stream().filter(n -> pool(n) == large).mapToInt(n -> size(n)).sum()
                      > large.capacity
                  || all.stream().filter(n -> pool(n) == small).mapToInt(n -> size(n)).sum()
                      > small.capacity)
          .as("seed %d: %s", SEED, e)
          .isTrue();
    }
  }

  private void evict(int name) throws IOException {
    Integer size = pool(name).resident.remove(name);
    assertThat(store.evict(digest(name), Reason.OPERATOR))
        .as("seed %d: evict %d", SEED, name)
        .isEqualTo(size != null);
    if (size != null && readers.containsKey(name) && !lingering.containsKey(name)) {
      lingering.put(name, size);
    }
    assertThat(store.explain(digest(name)).map(Explanation::isResident).orElse(false)).isFalse();
  }

  private boolean isPinned(int name) {
    return pins.values().stream().anyMatch(names -> names.contains(name));
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
    lingering.clear();
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
      assertThat(store.pins().isPinned(digest(name))).as(when).isEqualTo(isPinned(name));
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

package io.outcrop.storage;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.storage.ContentInfo.Origin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The process that {@link CrashTest} kills: works on a store until then, and says on its output
 * what it was told is stored ({@code + digest}), what it holds open ({@code ! digest}), what it is
 * about to evict ({@code - digest}), and what it was told is pinned ({@code = digest}).
 */
final class CrashLoad {

  private static final int THREADS = 3;
  private static final int HELD = 2;
  private static final int PINNED = 8;

  private CrashLoad() {}

  public static void main(String[] arguments) throws Exception {
    long capacity = Long.parseLong(arguments[1]);
    long seed = Long.parseLong(arguments[2]);
    int largest = Integer.parseInt(arguments[3]);
    ContentStore store =
        ContentStore.open(
            new StoreOptions(Path.of(arguments[0]), capacity, 1 << 20, InstantSource.system()));
    say("ready");
    for (int t = 0; t < THREADS; t++) {
      Random random = new Random(seed + t);
      Thread.ofPlatform().start(() -> work(store, random, largest));
    }
  }

  private static void work(ContentStore store, Random random, int largest) {
    int held = 0;
    try {
      while (true) {
        byte[] body = Contents.bytes(random.nextLong(), random.nextInt(largest));
        Digest digest = Digest.sha256(body);
        try {
          if (random.nextBoolean()) {
            store.put(digest, body, MediaType.OCI_MANIFEST, Origin.PUBLIC, List.of());
            say("+ " + digest);
          } else if (fill(store, digest, body, random)) {
            say("+ " + digest);
            if (held < HELD && hold(store, digest)) {
              held++;
              say("! " + digest);
            }
          }
          store.used(digest, random.nextInt(5));
          if (random.nextInt(10) == 0 && store.info(digest).isPresent()) {
            say("- " + digest);
            store.evict(digest, Reason.OPERATOR);
          } else if (random.nextInt(3) == 0 && store.pins().all().size() < PINNED) {
            pin(store, digest, body.length);
          }
        } catch (InsufficientSpaceException e) {
          say("full");
        }
      }
    } catch (IOException e) {
      say("failed " + e);
    }
  }

  private static boolean fill(ContentStore store, Digest digest, byte[] body, Random random)
      throws IOException {
    PartialBlob partial = store.begin(digest);
    try {
      partial.reserve(body.length);
      int cut = random.nextInt(body.length + 1);
      partial.append(ByteBuffer.wrap(body, 0, cut));
      if (random.nextInt(4) == 0) {
        partial.suspend();
        return false;
      }
      partial.append(ByteBuffer.wrap(body, cut, body.length - cut));
      partial.publish(Origin.PUBLIC, List.of());
      return true;
    } finally {
      partial.discard();
    }
  }

  /** Pins content that is there; it may be gone by then, and is not spoken of. */
  private static void pin(ContentStore store, Digest digest, long bytes) throws IOException {
    try {
      store
          .pins()
          .put(new Pin(digest.toString(), List.of(), digest, Map.of(digest, bytes), Instant.EPOCH));
    } catch (InsufficientSpaceException e) {
      return;
    }
    if (store.info(digest).isPresent()) {
      say("= " + digest);
    }
  }

  /** Opens content for as long as the process lives. */
  private static boolean hold(ContentStore store, Digest digest) {
    return store.open(digest).isPresent();
  }

  private static synchronized void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}

package io.outcrop.storage;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.storage.ContentInfo.Origin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * The process that {@link CrashTest} kills: works on a store until then, and says on its output
 * what it was told is stored ({@code + digest}), what it holds open ({@code ! digest}), what is
 * pinned under a name ({@code p name digest}) or about not to be ({@code u name}), and what it is
 * about to damage or evict ({@code ~ digest}).
 */
final class CrashLoad {

  private static final int THREADS = 3;
  private static final int HELD = 2;
  private static final int PINS = 3;
  private static final long SCRUB_RATE = 64 << 20;

  private CrashLoad() {}

  public static void main(String[] arguments) throws Exception {
    long capacity = Long.parseLong(arguments[1]);
    long seed = Long.parseLong(arguments[2]);
    int largest = Integer.parseInt(arguments[3]);
    ContentStore store =
        ContentStore.open(
            new StoreOptions(Path.of(arguments[0]), capacity, 1 << 20, InstantSource.system()));
    Scrubber scrubber = store.scrubber(new ScrubOptions(SCRUB_RATE, Optional.empty()));
    scrubber.start();
    say("ready");
    Random meddling = new Random(seed - 1);
    Thread.ofPlatform().start(() -> meddle(store, scrubber, Path.of(arguments[0]), meddling));
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
        } catch (InsufficientSpaceException e) {
          say("full");
        }
      }
    } catch (IOException e) {
      say("failed " + e);
    }
  }

  /** Does what operators and disks do. */
  private static void meddle(ContentStore store, Scrubber scrubber, Path root, Random random) {
    try {
      for (int i = 0; ; i++) {
        scrubber.goOn();
        byte[] body = Contents.bytes(random.nextLong(), 70_000 + random.nextInt(50_000));
        Digest digest = Digest.sha256(body);
        try {
          Contents.fill(store, body);
          switch (i == 0 ? 0 : random.nextInt(4)) {
            case 2 -> damage(store, root, digest);
            case 3 -> {
              say("~ " + digest);
              store.evict(digest, Reason.OPERATOR);
            }
            default -> pin(store, "pin-" + random.nextInt(PINS), digest, body.length);
          }
        } catch (InsufficientSpaceException e) {
          say("full");
        }
      }
    } catch (IOException e) {
      say("failed " + e);
    }
  }

  private static void damage(ContentStore store, Path root, Digest digest) throws IOException {
    say("~ " + digest);
    try (FileChannel file =
        FileChannel.open(Contents.complete(root, digest), StandardOpenOption.WRITE)) {
      file.truncate(1_000);
    } catch (NoSuchFileException e) {
      return; // Evicted meanwhile.
    }
    store.open(digest).ifPresent(BlobFile::close);
  }

  private static void pin(ContentStore store, String name, Digest digest, long size)
      throws IOException {
    say("u " + name);
    store
        .pins()
        .put(new Pin(name, List.of(), digest, Map.of(digest, size), java.time.Instant.now()));
    // Evicted between its arrival and the pin it is not here, which pins allow.
    if (store.info(digest).isPresent()) {
      say("p " + name + ' ' + digest);
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

  /** Opens content for as long as the process lives. */
  private static boolean hold(ContentStore store, Digest digest) {
    return store.open(digest).isPresent();
  }

  private static synchronized void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}

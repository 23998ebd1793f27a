package io.outcrop.bench;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.storage.ContentInfo;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.Link;
import io.outcrop.storage.LinkState;
import io.outcrop.storage.PartialBlob;
import io.outcrop.storage.StoreOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** Makes a store that holds many blobs, each just large enough to be a file of its own. */
final class FullStore {

  private static final int BLOB_BYTES = ContentStore.SMALL_BYTES + 1;
  // Blobs are synced one by one; the disk takes several at a time.
  private static final int WRITERS = 16;

  private FullStore() {}

  /** Takes a folder and a number of blobs. */
  public static void main(String[] arguments)
      throws IOException, InterruptedException, ExecutionException {
    Path folder = Path.of(arguments[0]);
    int blobs = Integer.parseInt(arguments[1]);
    StoreOptions options = new StoreOptions(folder, 1L << 40, 0, InstantSource.system());
    try (ContentStore store = ContentStore.open(options);
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS)) {
      List<Future<?>> writers =
          IntStream.range(0, WRITERS)
              .<Future<?>>mapToObj(writer ->
                  threads.submit(() -> {
                    for (int i = writer; i < blobs; i += WRITERS) {
                      add(store, i);
                    }
                    return null;
                  }))
              .toList();
      for (Future<?> writer : writers) {
        writer.get();
      }
    }
  }

  private static void add(ContentStore store, int number) throws IOException {
    byte[] content = new byte[BLOB_BYTES];
    ByteBuffer.wrap(content).putInt(number);
    Digest digest = Digest.sha256(content);
    PartialBlob blob = store.begin(digest);
    blob.reserve(content.length);
    blob.append(ByteBuffer.wrap(content));
    blob.publish(
        ContentInfo.Origin.PUBLIC,
        List.of(
            new Link(
                Repository.of("bench.test", "bench/many-" + number / 10),
                digest,
                LinkState.PROVEN)));
  }
}

package io.outcrop.bench.refactor;

import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The sizes of many archives, on all processors; one that was asked for before is not made again.
 */
final class ArchiveSizes {

  private final ContentSpool spool;
  private final Map<Key, Long> known = new ConcurrentHashMap<>();

  ArchiveSizes(ContentSpool spool) {
    this.spool = spool;
  }

  /**
   * For each list of entries the compressed archive that has them in that order, by what the list
   * has in it.
   */
  List<Part> of(Collection<List<Entry>> archives) throws IOException, InterruptedException {
    List<Key> keys = new ArrayList<>();
    Map<Key, Callable<Long>> missing = new LinkedHashMap<>();
    for (List<Entry> archive : archives) {
      Key key = key(archive);
      keys.add(key);
      if (!known.containsKey(key)) {
        missing.put(
            key,
            () -> {
              try (ArchiveSize size = new ArchiveSize(spool)) {
                return size.of(archive);
              }
            });
      }
    }
    try (ExecutorService threads =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      Map<Key, Future<Long>> running = new LinkedHashMap<>();
      missing.forEach((key, size) -> running.put(key, threads.submit(size)));
      for (Map.Entry<Key, Future<Long>> each : running.entrySet()) {
        known.put(each.getKey(), each.getValue().get());
      }
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
    return keys.stream().map(key -> new Part(key, known.getOrDefault(key, 0L))).toList();
  }

  private static Key key(List<Entry> archive) {
    MessageDigest digest = Digests.sha256();
    for (Entry entry : archive) {
      Identity.STRICT
          .of(entry)
          .ifPresent(key -> {
            Digests.put(digest, key.first());
            Digests.put(digest, key.second());
            Digests.put(digest, key.third());
            Digests.put(digest, key.fourth());
          });
    }
    return Key.of(digest);
  }
}

package io.outcrop.proxy.refactor;

import io.outcrop.oci.Digest;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.DerivedImage;
import io.outcrop.storage.DerivedImage.Made;
import io.outcrop.storage.DerivedImage.Part;
import io.outcrop.storage.DerivedImage.Refused;
import io.outcrop.storage.MutableRecord;
import io.outcrop.storage.RecordKey;
import io.outcrop.storage.StoreException;
import io.outcrop.storage.TagAnswer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Keeps what is known of refactored images from growing for ever. What a tag still means at its
 * upstream, what was answered or made not long ago, and what has a layer here, stays. Blocks; one
 * thread at a time.
 */
final class Upkeep {

  private static final Duration KEPT = Duration.ofDays(30);

  private final ContentStore store;
  private final RebuildCost costs;
  private final Path indexes;
  private final long mostIndexBytes;
  private final Runnable idle;
  private final InstantSource clock;

  /**
   * @param indexes the folder with what is known of layers
   * @param mostIndexBytes how much of that is kept
   * @param idle lets go of memory that nobody has used lately
   */
  Upkeep(
      ContentStore store,
      RebuildCost costs,
      Path indexes,
      long mostIndexBytes,
      Runnable idle,
      InstantSource clock) {
    this.store = store;
    this.costs = costs;
    this.indexes = indexes;
    this.mostIndexBytes = mostIndexBytes;
    this.idle = idle;
    this.clock = clock;
  }

  /** Lets go of what nobody will ask for. */
  void run() throws IOException {
    idle.run();
    Instant old = clock.instant().minus(KEPT);
    Set<Digest> needed = forgetAnswers(old);
    forgetImages(old, needed);
    forgetLayers();
    trimIndexes();
  }

  /** Decisions about what tags meant long ago; returns what the others are about. */
  private Set<Digest> forgetAnswers(Instant old) throws StoreException {
    Set<Digest> needed = new HashSet<>();
    for (TagAnswer answer : store.answers().all()) {
      Optional<MutableRecord> now =
          store.directory().record(new RecordKey.OfTag(answer.repository(), answer.tag()));
      boolean current = now.isPresent() && now.get().digest().equals(answer.source());
      if (!current && answer.since().isBefore(old)) {
        store.answers().forget(answer);
      } else {
        needed.add(answer.source());
        needed.add(answer.given());
      }
    }
    return needed;
  }

  private void forgetImages(Instant old, Set<Digest> needed) throws StoreException {
    List<DerivedImage> images = store.derived().all();
    // What an index needs is needed, though no tag means it.
    for (DerivedImage image : images) {
      if (image.result() instanceof Made made && needed.contains(made.root())) {
        made.parts().forEach(part -> needed.add(part.digest()));
      }
    }
    for (DerivedImage image : images) {
      if (image.at().isBefore(old) && !isNeeded(image, needed)) {
        store.derived().remove(image);
        costs.forget(image);
      }
    }
  }

  private boolean isNeeded(DerivedImage image, Set<Digest> needed) {
    return needed.contains(image.source())
        || switch (image.result()) {
          case Made made ->
              needed.contains(made.root())
                  || made.parts().stream()
                      .map(Part::digest)
                      .anyMatch(part -> store.info(part).isPresent());
          case Refused _ -> store.info(image.source()).isPresent();
        };
  }

  /** What groups layers were made of; needed for layers of images only. */
  private void forgetLayers() throws StoreException {
    Set<Digest> layers = new HashSet<>();
    for (DerivedImage image : store.derived().all()) {
      if (image.result() instanceof Made made) {
        made.parts().forEach(part -> layers.add(part.digest()));
      }
    }
    store.derived().forgetNotes(note -> !layers.contains(EngineState.decode(note).blob()));
  }

  /** Those written first go first: each can be found out again. */
  private void trimIndexes() throws IOException {
    record Index(Path file, long bytes, Instant at) {}
    List<Index> all = new ArrayList<>();
    try (Stream<Path> files = Files.walk(indexes)) {
      files
          .filter(Files::isRegularFile)
          .forEach(file -> {
            try {
              BasicFileAttributes facts = Files.readAttributes(file, BasicFileAttributes.class);
              all.add(new Index(file, facts.size(), facts.lastModifiedTime().toInstant()));
            } catch (NoSuchFileException e) {
              // It was replaced meanwhile.
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    all.sort(Comparator.comparing(Index::at));
    long bytes = all.stream().mapToLong(Index::bytes).sum();
    for (Index index : all) {
      if (bytes > mostIndexBytes) {
        Files.deleteIfExists(index.file);
        bytes -= index.bytes;
      }
    }
  }
}

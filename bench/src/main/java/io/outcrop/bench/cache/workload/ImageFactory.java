package io.outcrop.bench.cache.workload;

import io.outcrop.bench.cache.workload.ContentTable.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes the images of a generated workload: families of repositories that share layers, versions
 * that keep some of the last one's, and copies from repository to repository.
 */
final class ImageFactory {

  private static final int BASES = 200;
  private static final double BASE_EXPONENT = 1.1;
  private static final double BASE_PROBABILITY = 0.06;
  private static final double MEAN_FAMILY_LAYERS = 2.6;
  private static final double NEW_FAMILY_PROBABILITY = 0.31;
  // How many families ago that of a new repository appeared.
  private static final double MEDIAN_FAMILY_AGE = 230;
  private static final double FAMILY_AGE_SPREAD = 1.12;

  private static final int MOST_REPOSITORIES = 10_000;
  private static final double REPOSITORY_EXPONENT = 0.79;
  private static final double NEW_VERSION_PROBABILITY = 0.37;
  private static final double MOST_KEPT = 0.5;
  private static final double COPY_PROBABILITY = 0.073;
  private static final int LEAST_TO_COPY_FROM = 50;

  private static final double MEAN_LAYERS = 2.15;
  private static final double LARGE_IMAGE_PROBABILITY = 0.25;
  private static final double LARGE_IMAGE_FACTOR = 9.3;
  private static final double EMPTY_LAYER_PROBABILITY = 0.14;
  private static final int[] NO_LAYERS = {};

  private final Chance chance;
  private final ContentTable contents;
  private final int emptyLayer;
  private final List<int[]> bases = new ArrayList<>();
  private final Zipf basePopularity = new Zipf(BASES, BASE_EXPONENT);
  private final Zipf repositoryPopularity = new Zipf(MOST_REPOSITORIES, REPOSITORY_EXPONENT);
  private final List<int[]> families = new ArrayList<>();
  private final List<Repository> versioned = new ArrayList<>();
  private final List<GeneratedImage> born = new ArrayList<>();
  private final List<GeneratedImage> images = new ArrayList<>();
  private int repositories;
  private double share;

  private static final class Repository {
    final int number;
    final int[] family;
    int[] own = NO_LAYERS;

    Repository(int number, int[] family) {
      this.number = number;
      this.family = family;
    }
  }

  ImageFactory(Chance chance, ContentTable contents) {
    this.chance = chance;
    this.contents = contents;
    emptyLayer = contents.add(Kind.EMPTY);
    for (int i = 0; i < BASES; i++) {
      bases.add(contents.add(Kind.BASE, chance.wholeBetween(3, 6)));
    }
  }

  int emptyLayer() {
    return emptyLayer;
  }

  /** All images so far, by number. */
  List<GeneratedImage> images() {
    return images;
  }

  /** An image in a repository of its own that shares nothing. */
  GeneratedImage alone(int layers) {
    int[] own = contents.add(Kind.LAYER, layers);
    return image(repositories++, own, contents.add(Kind.CONFIGURATION, 1));
  }

  /** An image in a repository of its own of which only the manifest is ever asked for. */
  GeneratedImage manifestOnly() {
    return image(repositories++);
  }

  /** A new image somewhere in the registry. */
  GeneratedImage birth() {
    GeneratedImage image =
        born.size() > LEAST_TO_COPY_FROM && chance.happens(COPY_PROBABILITY)
            ? copy()
            : version(versionedRepository());
    born.add(image);
    return image;
  }

  private GeneratedImage copy() {
    GeneratedImage original = recent(born);
    return image(repositories++, original.contents(), contents.add(Kind.CONFIGURATION, 1));
  }

  private @Nullable Repository versionedRepository() {
    if (versioned.isEmpty() || !chance.happens(NEW_VERSION_PROBABILITY)) {
      return null;
    }
    // Evenly spread rather than random, so that the most popular has as many versions each time.
    int rank;
    do {
      share = (share + 0.6180339887498949) % 1;
      rank = repositoryPopularity.at(share);
    } while (rank >= versioned.size());
    return versioned.get(rank);
  }

  private GeneratedImage version(@Nullable Repository existing) {
    Repository repository = existing == null ? newRepository() : existing;
    double mean = MEAN_LAYERS;
    if (existing == null && chance.happens(LARGE_IMAGE_PROBABILITY)) {
      mean *= LARGE_IMAGE_FACTOR;
    }
    int kept = (int) Math.round(repository.own.length * chance.between(0, MOST_KEPT));
    int[] added = contents.add(Kind.LAYER, 1 + chance.geometric(mean - 1));
    repository.own =
        IntStream.concat(Arrays.stream(repository.own, 0, kept), Arrays.stream(added)).toArray();
    int[] configuration = contents.add(Kind.CONFIGURATION, 1);
    return chance.happens(EMPTY_LAYER_PROBABILITY)
        ? image(
            repository.number,
            repository.family,
            repository.own,
            configuration,
            new int[] {emptyLayer})
        : image(repository.number, repository.family, repository.own, configuration);
  }

  private Repository newRepository() {
    int[] family;
    if (families.isEmpty() || chance.happens(NEW_FAMILY_PROBABILITY)) {
      int[] base =
          chance.happens(BASE_PROBABILITY) ? bases.get(basePopularity.draw(chance)) : NO_LAYERS;
      int[] shared = contents.add(Kind.LAYER, chance.geometric(MEAN_FAMILY_LAYERS));
      family = IntStream.concat(Arrays.stream(base), Arrays.stream(shared)).toArray();
      families.add(family);
    } else {
      family = recent(families);
    }
    Repository repository = new Repository(repositories++, family);
    versioned.add(repository);
    return repository;
  }

  private <T> T recent(List<T> all) {
    double age = chance.logNormal(MEDIAN_FAMILY_AGE, FAMILY_AGE_SPREAD);
    return age < all.size()
        ? all.get(all.size() - 1 - (int) age)
        : all.get(chance.wholeBetween(0, all.size() - 1));
  }

  private GeneratedImage image(int repository, int[]... parts) {
    int[] together = Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
    GeneratedImage image = new GeneratedImage(images.size(), repository, together);
    images.add(image);
    return image;
  }
}

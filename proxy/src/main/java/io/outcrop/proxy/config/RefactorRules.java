package io.outcrop.proxy.config;

import io.outcrop.oci.RepositoryName;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which repositories of an upstream have their images refactored.
 *
 * @param otherwise what holds where no deviation does
 * @param deviations the first whose pattern matches the name of a repository holds
 */
public record RefactorRules(RefactorMode otherwise, List<Deviation> deviations) {

  /** Nothing is refactored. */
  public static final RefactorRules OFF = new RefactorRules(RefactorMode.OFF, List.of());

  /**
   * What holds for some repositories.
   *
   * @param repository matches the whole of their names
   */
  public record Deviation(Pattern repository, RefactorMode mode) {}

  /** Copies what is mutable. */
  public RefactorRules {
    deviations = List.copyOf(deviations);
  }

  /** What holds for a repository. */
  public RefactorMode of(RepositoryName repository) {
    for (Deviation deviation : deviations) {
      if (deviation.repository.matcher(repository.value()).matches()) {
        return deviation.mode;
      }
    }
    return otherwise;
  }

  /** Whether anything is refactored. */
  public boolean anything() {
    return otherwise != RefactorMode.OFF
        || deviations.stream().anyMatch(deviation -> deviation.mode != RefactorMode.OFF);
  }
}

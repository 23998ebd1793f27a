package io.outcrop.proxy.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Guesses which key was meant. */
final class Spelling {

  /** The longest key that is looked at; it bounds the work on a hostile file. */
  private static final int LONGEST = 64;

  private Spelling() {}

  /** The candidate nearest to a text, if it is near enough to be meant. */
  static Optional<String> nearest(String text, Collection<String> candidates) {
    if (text.length() > LONGEST) {
      return Optional.empty();
    }
    return candidates.stream()
        .map(candidate -> new Guess(candidate, distance(text, candidate)))
        .filter(guess -> guess.distance <= Math.max(1, guess.candidate.length() / 3))
        .min(Comparator.comparingInt(Guess::distance).thenComparing(Guess::candidate))
        .map(Guess::candidate);
  }

  /** Edit distance in which a swap of neighbours counts once, and capitals do not count. */
  private static int distance(String left, String right) {
    String a = left.toLowerCase(Locale.ROOT);
    String b = right.toLowerCase(Locale.ROOT);
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int best = Math.min(cost[i - 1][j], cost[i][j - 1]) + 1;
        best = Math.min(best, cost[i - 1][j - 1] + change);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        cost[i][j] = swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
      }
    }
    return cost[a.length()][b.length()];
  }

  private record Guess(String candidate, int distance) {}
}

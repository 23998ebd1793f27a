package io.outcrop.refactor.plan.intrinsic;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/** Numbers sorted into sets that do not overlap, in their order. */
final class Members {

  /** The set of what is in none. */
  static final int NONE = -1;

  private final int[] starts;
  private final int[] members;

  private Members(int[] starts, int[] members) {
    this.starts = starts;
    this.members = members;
  }

  /**
   * Sorts the numbers from 0 to a size.
   *
   * @param setOf the set that a number is in; negative for none
   */
  static Members of(int sets, int size, IntUnaryOperator setOf) {
    int[] starts = new int[sets + 1];
    int[] chosen = new int[size];
    for (int number = 0; number < size; number++) {
      chosen[number] = setOf.applyAsInt(number);
      if (chosen[number] >= 0) {
        starts[chosen[number] + 1]++;
      }
    }
    Arrays.parallelPrefix(starts, Integer::sum);
    int[] members = new int[starts[sets]];
    int[] next = starts.clone();
    for (int number = 0; number < size; number++) {
      if (chosen[number] >= 0) {
        members[next[chosen[number]]++] = number;
      }
    }
    return new Members(starts, members);
  }

  int count(int set) {
    return starts[set + 1] - starts[set];
  }

  int[] of(int set) {
    return Arrays.copyOfRange(members, starts[set], starts[set + 1]);
  }
}

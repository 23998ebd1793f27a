package io.outcrop.refactor.plan.epoch;

import io.outcrop.refactor.plan.GroupKey;
import java.util.List;

/**
 * A layer that images can share.
 *
 * @param name what is in it, for people; it has no influence
 * @param key what its entries are, exactly
 * @param bytes their content, unpacked
 * @param classes the numbers of the sharing classes it consists of, ascending
 */
public record Bundle(String name, GroupKey key, long bytes, List<Integer> classes) {

  static final int LONGEST_NAME = 200;

  /**
   * @throws IllegalArgumentException if the name is not short and printable, the bytes are
   *     negative, or the classes do not ascend
   */
  public Bundle {
    classes = List.copyOf(classes);
    if (name.length() > LONGEST_NAME || name.chars().anyMatch(c -> c < ' ' || c > '~')) {
      throw new IllegalArgumentException(
          "name of a bundle: "
              + name.length()
              + " characters (expected: <= "
              + LONGEST_NAME
              + ", all printable ASCII)");
    }
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes: " + bytes + " (expected: >= 0)");
    }
    int before = -1;
    for (int number : classes) {
      if (number <= before) {
        throw new IllegalArgumentException("class: " + number + " (expected: > " + before + ")");
      }
      before = number;
    }
    if (before < 0) {
      throw new IllegalArgumentException("classes: none (expected: >= 1)");
    }
  }
}

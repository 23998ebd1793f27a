package io.outcrop.refactor.plan.intrinsic;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Optional;

/** Names, versions and architectures: short words of printable ASCII, whoever wrote them. */
final class PackageName {

  private static final int LONGEST = 200;

  private PackageName() {}

  static boolean isOne(String text) {
    return !text.isEmpty()
        && text.length() <= LONGEST
        && text.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }

  /** What follows a prefix in a line, without blanks around it, if it is such a word. */
  static Optional<String> after(String prefix, byte[] text, int start, int end) {
    int at = start + prefix.length();
    if (at > end || end - at > 2 * LONGEST || !startsWith(prefix, text, start)) {
      return Optional.empty();
    }
    return Optional.of(new String(text, at, end - at, ISO_8859_1).strip())
        .filter(PackageName::isOne);
  }

  private static boolean startsWith(String prefix, byte[] text, int start) {
    for (int i = 0; i < prefix.length(); i++) {
      if (text[start + i] != prefix.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}

package io.outcrop.proxy.images;

import java.util.List;

/** Says that what was to go is pinned. */
public final class PinnedException extends Exception {

  private static final long serialVersionUID = 1;

  PinnedException(String what, List<String> pins) {
    super(
        what + ": pinned as " + String.join(", ", pins) + " (expected: to be unpinned first)",
        null,
        false,
        false);
  }
}

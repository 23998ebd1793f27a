package io.outcrop.storage;

/** Whether a repository holds some content, as far as this edge knows. */
public enum LinkState {
  /** Nothing says so. */
  ABSENT((byte) 0),
  /** A manifest of the repository names it. Enough for content anybody may read. */
  CLAIMED((byte) 1),
  /** The upstream itself served it from, or found it in, that repository. */
  PROVEN((byte) 2);

  private final byte code;

  LinkState(byte code) {
    this.code = code;
  }

  byte[] encoded() {
    return new byte[] {code};
  }

  static LinkState decode(byte[] value) {
    return switch (value[0]) {
      case 1 -> CLAIMED;
      case 2 -> PROVEN;
      default -> ABSENT;
    };
  }
}

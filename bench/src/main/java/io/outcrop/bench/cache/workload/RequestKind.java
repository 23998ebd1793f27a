package io.outcrop.bench.cache.workload;

/** What happens at a position of a {@link Workload}. */
public enum RequestKind {
  /** A GET of {@code /v2/}; the subject has no meaning. */
  PING,
  /**
   * A manifest GET after which no layers are asked for, or nobody knows; the subject is an image.
   */
  MANIFEST,
  /** A manifest GET that begins a pull; the subject is an image. */
  PULL,
  /** A blob GET; the subject is a content. */
  BLOB,
  /**
   * A further range of a blob that the same client asked for just now; the subject is a content. It
   * is not counted, as it tells nothing that the first did not.
   */
  RANGE,
  /** From here on no upstream can be reached; the subject has no meaning. */
  UPLINK_LOST,
  /** The upstreams can be reached again; the subject has no meaning. */
  UPLINK_BACK,
  /** A neighbour with a warm cache joins; the subject has no meaning. */
  PEER_JOINED,
  /** From here on, requests are counted once more, for themselves; the subject has no meaning. */
  WATCH_BEGAN,
  /** The end of what is counted once more; the subject has no meaning. */
  WATCH_ENDED;

  /** Whether a client asks for something, rather than the site changing. */
  public boolean isRequest() {
    return switch (this) {
      case PING, MANIFEST, PULL, BLOB, RANGE -> true;
      case UPLINK_LOST, UPLINK_BACK, PEER_JOINED, WATCH_BEGAN, WATCH_ENDED -> false;
    };
  }
}

package io.outcrop.bench.cache.workload;

import java.util.Arrays;

/** What one edge is asked for, in order. Immutable; positions count from 0. */
public final class Workload {

  /** Who asks where a trace does not tell; the number that a policy knows for that. */
  public static final int UNKNOWN_CLIENT = 0;

  /** A client whose requests load the cache but are not counted: a scan. */
  public static final int SCANNER = -1;

  /** Where a repository is not known. */
  public static final int UNKNOWN_REPOSITORY = -1;

  private final String name;
  private final Catalogue catalogue;
  private final RequestKind[] kinds;
  private final int[] subjects;
  private final int[] clients;
  private final int[] repositories;
  private final long[] millis;

  private Workload(
      String name,
      Catalogue catalogue,
      RequestKind[] kinds,
      int[] subjects,
      int[] clients,
      int[] repositories,
      long[] millis) {
    this.name = name;
    this.catalogue = catalogue;
    this.kinds = kinds;
    this.subjects = subjects;
    this.clients = clients;
    this.repositories = repositories;
    this.millis = millis;
  }

  /** What it is called in results. */
  public String name() {
    return name;
  }

  /** What its requests ask from. */
  public Catalogue catalogue() {
    return catalogue;
  }

  /** How many positions there are. */
  public int length() {
    return kinds.length;
  }

  /** What happens at a position. */
  public RequestKind kind(int position) {
    return kinds[position];
  }

  /** The content or image that is asked for. */
  public int subject(int position) {
    return subjects[position];
  }

  /** Who asks. */
  public int client(int position) {
    return clients[position];
  }

  /** When, in milliseconds since the begin; never less than before. */
  public long millis(int position) {
    return millis[position];
  }

  /** Through which repository, as a number. */
  int repository(int position) {
    return repositories[position];
  }

  /** How many positions are of a kind. */
  public int count(RequestKind kind) {
    return (int) Arrays.stream(kinds).filter(k -> k == kind).count();
  }

  /** The contents that are asked for, in order and by clients that count. */
  public int[] blobRequests() {
    int[] found = new int[length()];
    int count = 0;
    for (int i = 0; i < length(); i++) {
      if (kinds[i] == RequestKind.BLOB && clients[i] != SCANNER) {
        found[count++] = subjects[i];
      }
    }
    return Arrays.copyOf(found, count);
  }

  /** The bytes of all contents that are asked for at least once by a client that counts. */
  public long uniqueBytes() {
    return Arrays.stream(blobRequests()).distinct().mapToLong(catalogue::bytes).sum();
  }

  /** The same requests for contents of other sizes. */
  public Workload withBytes(String otherName, long[] bytes) {
    return new Workload(
        otherName, catalogue.withBytes(bytes), kinds, subjects, clients, repositories, millis);
  }

  /** The first positions only. */
  public Workload prefix(int positions) {
    return new Workload(
        name,
        catalogue,
        Arrays.copyOf(kinds, positions),
        Arrays.copyOf(subjects, positions),
        Arrays.copyOf(clients, positions),
        Arrays.copyOf(repositories, positions),
        Arrays.copyOf(millis, positions));
  }

  /** This workload with another mixed in by time, whose contents and images are others. */
  Workload with(String otherName, Workload other) {
    Builder merged = new Builder();
    int mine = 0;
    int theirs = 0;
    while (mine < length() || theirs < other.length()) {
      if (theirs == other.length() || (mine < length() && millis[mine] <= other.millis[theirs])) {
        merged.add(kinds[mine], subjects[mine], clients[mine], repositories[mine], millis[mine]);
        mine++;
      } else {
        int offset =
            switch (other.kinds[theirs]) {
              case BLOB, RANGE -> catalogue.contents();
              case MANIFEST, PULL -> catalogue.images();
              case PING, UPLINK_LOST, UPLINK_BACK, PEER_JOINED, WATCH_BEGAN, WATCH_ENDED -> 0;
            };
        merged.add(
            other.kinds[theirs],
            other.subjects[theirs] + offset,
            other.clients[theirs],
            UNKNOWN_REPOSITORY,
            other.millis[theirs]);
        theirs++;
      }
    }
    return merged.build(otherName, catalogue.plus(other.catalogue));
  }

  /** Collects what happens, in the order of time. For one thread. */
  public static final class Builder {
    private RequestKind[] kinds = new RequestKind[1024];
    private int[] subjects = new int[1024];
    private int[] clients = new int[1024];
    private int[] repositories = new int[1024];
    private long[] millis = new long[1024];
    private int length;

    /**
     * Adds what happens next.
     *
     * @throws IllegalArgumentException if it is before what was added last
     */
    public void add(RequestKind kind, int subject, int client, int repository, long when) {
      if (length > 0 && when < millis[length - 1]) {
        throw new IllegalArgumentException(
            "when: " + when + " (expected: >= " + millis[length - 1] + ')');
      }
      if (length == kinds.length) {
        int larger = 2 * length;
        kinds = Arrays.copyOf(kinds, larger);
        subjects = Arrays.copyOf(subjects, larger);
        clients = Arrays.copyOf(clients, larger);
        repositories = Arrays.copyOf(repositories, larger);
        millis = Arrays.copyOf(millis, larger);
      }
      kinds[length] = kind;
      subjects[length] = subject;
      clients[length] = client;
      repositories[length] = repository;
      millis[length] = when;
      length++;
    }

    /** What was added, as requests to a catalogue. */
    public Workload build(String name, Catalogue catalogue) {
      return new Workload(
          name,
          catalogue,
          Arrays.copyOf(kinds, length),
          Arrays.copyOf(subjects, length),
          Arrays.copyOf(clients, length),
          Arrays.copyOf(repositories, length),
          Arrays.copyOf(millis, length));
    }
  }
}

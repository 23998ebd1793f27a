package io.outcrop.bench.cache.workload;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the clients of a generated workload ask for, as they get to it. */
final class RequestLog {

  private static final int TENTHS = 10;
  private static final double SHORT_GAP_SECONDS = 0.222;
  private static final double LONG_GAP_SECONDS = 3;
  private static final double LONG_GAP_PROBABILITY = 0.495;
  private static final double MEAN_FURTHER_PINGS = 1.42;
  private static final double PING_SECONDS = 0.05;
  // Old clients ask for the empty layer each time, and for each of its places in the image.
  private static final int EMPTY_LAYERS = 4;
  private static final double EMPTY_LAYER_PROBABILITY = 0.7;
  private static final double EMPTY_LAYER_GAP = 0.3;
  private static final double RETRY_PROBABILITY = 0.004;
  private static final double RETRY_SECONDS = 1;
  private static final double LEAST_NODE_BYTES = 20e9;
  private static final double MOST_NODE_BYTES = 100e9;

  private final Chance chance;
  private final ContentTable contents;
  private final int emptyLayer;
  private final int clients;
  private final int expectedBlobs;
  private final List<Request> requests = new ArrayList<>();
  private final Map<Integer, RecencyList> nodes = new TreeMap<>();
  private final BitSet seen = new BitSet();
  private int blobs;
  private int tenth;
  private int blobsInTenth;
  private int newInTenth;

  private record Request(
      double seconds, RequestKind kind, int subject, int client, int repository) {}

  RequestLog(Chance chance, ContentTable contents, int emptyLayer, int clients, int expectedBlobs) {
    this.chance = chance;
    this.contents = contents;
    this.emptyLayer = emptyLayer;
    this.clients = clients;
    this.expectedBlobs = expectedBlobs;
  }

  /** How many blob requests there are so far. */
  int blobs() {
    return blobs;
  }

  /** In which tenth of the expected blob requests that is. */
  int tenth() {
    return Math.min(TENTHS - 1, tenth);
  }

  /** By how much the requests for new content in this tenth exceed a share of it. */
  double newBeyond(double share) {
    return newInTenth - share * blobsInTenth;
  }

  /**
   * A client pulls an image.
   *
   * @param keeps whether it holds what it has pulled, and does not ask for it again
   */
  void pull(GeneratedImage image, int client, boolean keeps, double when) {
    pings(client, when);
    add(when, RequestKind.PULL, image.number(), client, image.repository());
    double now = when;
    for (int content : image.contents()) {
      if (content == emptyLayer) {
        for (int i = 0; i < EMPTY_LAYERS; i++) {
          if (i == 0 || chance.happens(EMPTY_LAYER_PROBABILITY)) {
            now += gap() * EMPTY_LAYER_GAP;
            blob(now, content, client, image.repository());
          }
        }
      } else if (!keeps || node(client).use(content)) {
        now += gap();
        blob(now, content, client, image.repository());
        if (chance.happens(RETRY_PROBABILITY)) {
          blob(now + RETRY_SECONDS, content, client, image.repository());
        }
      }
    }
  }

  /** A client asks whether an image is still the same. */
  void poll(GeneratedImage image, int client, double when) {
    pings(client, when);
    add(when, RequestKind.MANIFEST, image.number(), client, image.repository());
  }

  private void pings(int client, double when) {
    add(when, RequestKind.PING, 0, client, Workload.UNKNOWN_REPOSITORY);
    int further = chance.geometric(MEAN_FURTHER_PINGS);
    for (int i = 1; i <= further; i++) {
      double before = Math.max(0, when - i * PING_SECONDS);
      int other = chance.wholeBetween(1, clients);
      add(before, RequestKind.PING, 0, other, Workload.UNKNOWN_REPOSITORY);
    }
  }

  private void blob(double when, int content, int client, int repository) {
    add(when, RequestKind.BLOB, content, client, repository);
    blobs++;
    blobsInTenth++;
    if (!seen.get(content)) {
      seen.set(content);
      newInTenth++;
    }
    int now = (int) ((long) blobs * TENTHS / expectedBlobs);
    if (now != tenth) {
      tenth = now;
      blobsInTenth = 0;
      newInTenth = 0;
    }
  }

  private void add(double when, RequestKind kind, int subject, int client, int repository) {
    requests.add(new Request(when, kind, subject, client, repository));
  }

  /** Layers come three at a time or wait for one another: short gaps and long ones. */
  private double gap() {
    return chance.exponential(
        chance.happens(LONG_GAP_PROBABILITY) ? LONG_GAP_SECONDS : SHORT_GAP_SECONDS);
  }

  private RecencyList node(int client) {
    return nodes.computeIfAbsent(
        client,
        _ ->
            new RecencyList(
                contents::roughBytes,
                (long) chance.between(LEAST_NODE_BYTES, MOST_NODE_BYTES),
                _ -> {}));
  }

  /** How often each content was asked for. */
  int[] countByContent() {
    int[] counts = new int[contents.size()];
    for (Request request : requests) {
      if (request.kind == RequestKind.BLOB) {
        counts[request.subject]++;
      }
    }
    return counts;
  }

  /**
   * The requests in the order of time.
   *
   * @param pace the milliseconds of the workload for a second of this log
   */
  Workload build(String name, Catalogue catalogue, double pace) {
    requests.sort(Comparator.comparingDouble(Request::seconds));
    Workload.Builder builder = new Workload.Builder();
    for (Request request : requests) {
      builder.add(
          request.kind,
          request.subject,
          request.client,
          request.repository,
          (long) (request.seconds * pace));
    }
    return builder.build(name, catalogue);
  }
}

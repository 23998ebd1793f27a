package io.outcrop.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/** The load that wrk is too slow, or too coarse, to make. Prints one line of numbers. */
final class Load {

  private static final String USAGE =
      """
      usage: Load drain HOST:PORT CONNECTIONS SECONDS PATH    prints bytes, seconds, and bytes with those before
             Load crowd HOST:PORT CLIENTS PATH...             prints seconds and bytes of all clients together
             Load first-byte HOST:PORT PATH                   prints milliseconds
      """;
  private static final int WARM_UPS = 200;
  private static final int RAMP_MILLIS = 300;

  private Load() {}

  /** Runs one of the loads. */
  public static void main(String[] arguments) throws Exception {
    if (arguments.length < 3) {
      System.err.print(USAGE);
      System.exit(2);
    }
    InetSocketAddress server = address(arguments[1]);
    String line =
        switch (arguments[0]) {
          case "drain" ->
              drain(
                  server,
                  Integer.parseInt(arguments[2]),
                  Double.parseDouble(arguments[3]),
                  arguments[4]);
          case "crowd" ->
              crowd(
                  server,
                  Integer.parseInt(arguments[2]),
                  List.of(arguments).subList(3, arguments.length));
          case "first-byte" -> firstByte(server, arguments[2]);
          default -> throw new IllegalArgumentException("load: " + arguments[0]);
        };
    System.out.println(line);
    // Connections that are still in the middle of a body need not come to its end.
    System.exit(0);
  }

  /** Gets one resource over and over, on each connection, for some time. */
  private static String drain(
      InetSocketAddress server, int connections, double seconds, String path)
      throws InterruptedException, IOException {
    LongAdder bytes = new LongAdder();
    CountDownLatch flowing = new CountDownLatch(connections);
    ExecutorService threads = Executors.newFixedThreadPool(connections, daemons());
    List<Future<Void>> clients =
        IntStream.range(0, connections)
            .mapToObj(_ -> threads.submit(forever(server, path, bytes, flowing)))
            .toList();
    if (!flowing.await(30, TimeUnit.SECONDS)) {
      failFirst(clients);
      throw new IOException(server + path + ": not all of " + connections + " got a first byte");
    }
    TimeUnit.MILLISECONDS.sleep(RAMP_MILLIS);
    long before = bytes.sum();
    long start = System.nanoTime();
    TimeUnit.MILLISECONDS.sleep((long) (seconds * 1000));
    long count = bytes.sum() - before;
    long nanos = System.nanoTime() - start;
    failFirst(clients);
    return String.format(Locale.ROOT, "%d\t%.6f\t%d", count, nanos / 1e9, bytes.sum());
  }

  private static Callable<Void> forever(
      InetSocketAddress server, String path, LongAdder bytes, CountDownLatch flowing) {
    return () -> {
      AtomicBoolean flows = new AtomicBoolean();
      try (DiscardingConnection connection = new DiscardingConnection(server)) {
        while (true) {
          connection.get(
              path,
              count -> {
                bytes.add(count);
                if (!flows.getPlain()) {
                  flows.setPlain(true);
                  flowing.countDown();
                }
              });
        }
      }
    };
  }

  /** Lets all clients get the same resources, one after the other, once. */
  private static String crowd(InetSocketAddress server, int clients, List<String> paths)
      throws InterruptedException, IOException {
    LongAdder bytes = new LongAdder();
    Callable<Void> client =
        () -> {
          try (DiscardingConnection connection = new DiscardingConnection(server)) {
            for (String path : paths) {
              connection.get(path, bytes::add);
            }
            return null;
          }
        };
    ExecutorService threads = Executors.newFixedThreadPool(clients, daemons());
    long start = System.nanoTime();
    List<Future<Void>> ended =
        threads.invokeAll(IntStream.range(0, clients).mapToObj(_ -> client).toList());
    long nanos = System.nanoTime() - start;
    failFirst(ended);
    return String.format(Locale.ROOT, "%.3f\t%d", nanos / 1e9, bytes.sum());
  }

  /** The time from before the connection to the first byte of the body. */
  private static String firstByte(InetSocketAddress server, String path) throws IOException {
    // The first requests of a fresh JVM take milliseconds longer, which is not the server's fault.
    for (int i = 0; i < WARM_UPS; i++) {
      try (DiscardingConnection connection = new DiscardingConnection(server)) {
        connection.get("/v2/", _ -> {});
      }
    }
    long[] nanos = {0};
    long start = System.nanoTime();
    try (DiscardingConnection connection = new DiscardingConnection(server)) {
      connection.get(
          path,
          _ -> {
            if (nanos[0] == 0) {
              nanos[0] = System.nanoTime() - start;
            }
          });
    }
    return String.format(Locale.ROOT, "%.3f", nanos[0] / 1e6);
  }

  private static void failFirst(List<Future<Void>> clients)
      throws IOException, InterruptedException {
    for (Future<Void> client : clients) {
      if (client.isDone()) {
        try {
          client.get();
        } catch (ExecutionException e) {
          throw new IOException("a client failed: " + e.getCause(), e);
        }
      }
    }
  }

  private static ThreadFactory daemons() {
    return Thread.ofPlatform().daemon().name("client-", 0).factory();
  }

  private static InetSocketAddress address(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length != 2) {
      throw new IllegalArgumentException(
          "server: " + Arrays.toString(parts) + " (expected: HOST:PORT)");
    }
    return new InetSocketAddress(parts[0], Integer.parseInt(parts[1]));
  }
}

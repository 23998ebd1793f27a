package io.outcrop.proxy.registry;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.outcrop.proxy.config.AccessLog;
import io.outcrop.proxy.http.Exchange;
import io.outcrop.proxy.http.ExchangeObserver.Result;
import io.outcrop.proxy.http.RequestLabels;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one JSON object a request, on a thread of its own: an event loop only puts the facts into
 * a queue, without a lock and without waking anybody, and where the disk cannot keep up they are
 * dropped and counted rather than waited for. Thread-safe.
 */
public final class AccessLogWriter implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AccessLogWriter.class);
  private static final int MOST_WAITING = 16_384;
  private static final int BUFFER_BYTES = 64 << 10;
  private static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final int LONG_LINE = 4 << 10;
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final AccessLog target;
  private final Queue<Entry> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final LongAdder dropped = new LongAdder();
  private volatile boolean closing;
  private final Thread thread;
  // Touched by the writing thread only.
  private Optional<Object> openFileKey = Optional.empty();
  private long lookedNanos = System.nanoTime();

  /** Starts writing. */
  public AccessLogWriter(AccessLog target) {
    this.target = target;
    this.thread = Thread.ofPlatform().daemon().name("outcrop-access-log").unstarted(this::run);
    if (!(target instanceof AccessLog.Off)) {
      thread.start();
    }
  }

  /** Entries dropped since the start, as they came faster than they could be written. */
  public long dropped() {
    return dropped.sum();
  }

  void write(Exchange exchange, Result result) {
    if (target instanceof AccessLog.Off) {
      return;
    }
    Entry entry =
        new Entry(
            System.currentTimeMillis(),
            exchange.clientAddress(),
            exchange.method().name(),
            exchange.target().path(),
            exchange.protocol(),
            exchange.header(HttpHeaderNames.USER_AGENT).orElse(""),
            exchange.header(HttpHeaderNames.RANGE).orElse(""),
            exchange.labels(),
            result);
    if (waiting.incrementAndGet() <= MOST_WAITING) {
      queue.add(entry);
    } else {
      waiting.decrementAndGet();
      dropped.increment();
    }
  }

  @Override
  public void close() {
    closing = true;
    try {
      thread.join(TimeUnit.SECONDS.toMillis(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!closing) {
      OutputStream out = OutputStream.nullOutputStream();
      try {
        out = open();
        writeUntilClosing(out);
      } catch (IOException e) {
        LOG.error("access log {}: cannot be written, tried again: {}", target, e.toString());
        LockSupport.parkNanos(RETRY_NANOS);
      } finally {
        closeQuietly(out);
      }
    }
  }

  /** Ends when there is no more to come, or the file was moved away. */
  private void writeUntilClosing(OutputStream out) throws IOException {
    TimeWords times = new TimeWords();
    StringBuilder lines = new StringBuilder(BUFFER_BYTES);
    boolean last = false;
    while (!last) {
      last = closing || movedAway(); // Looked at first, so that what came before is still written.
      for (Entry entry = queue.poll(); entry != null; entry = queue.poll()) {
        waiting.decrementAndGet();
        entry.appendTo(lines, times);
        if (lines.length() > BUFFER_BYTES - LONG_LINE) {
          write(out, lines);
        }
      }
      write(out, lines);
      out.flush();
      if (!last) {
        LockSupport.parkNanos(LINGER_NANOS);
      }
    }
  }

  private static void write(OutputStream out, StringBuilder lines) throws IOException {
    if (!lines.isEmpty()) {
      out.write(lines.toString().getBytes(StandardCharsets.UTF_8));
      lines.setLength(0);
    }
  }

  /** Whether log rotation has moved the file away; looked at once a second. */
  private boolean movedAway() {
    long now = System.nanoTime();
    if (!(target instanceof AccessLog.ToFile(Path path)) || now - lookedNanos < LOOK_NANOS) {
      return false;
    }
    lookedNanos = now;
    return !fileKey(path).equals(openFileKey);
  }

  private static Optional<Object> fileKey(Path path) {
    try {
      return Optional.ofNullable(Files.readAttributes(path, BasicFileAttributes.class).fileKey());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private OutputStream open() throws IOException {
    OutputStream out = openTarget();
    if (target instanceof AccessLog.ToFile(Path path)) {
      openFileKey = fileKey(path);
    }
    return out;
  }

  private OutputStream openTarget() throws IOException {
    return switch (target) {
      case AccessLog.Off _ -> OutputStream.nullOutputStream();
      case AccessLog.StandardOutput _ ->
          new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER_BYTES);
      case AccessLog.ToFile(Path path) ->
          new BufferedOutputStream(
              Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND),
              BUFFER_BYTES);
    };
  }

  private void closeQuietly(OutputStream out) {
    try {
      if (target instanceof AccessLog.ToFile) {
        out.close();
      } else {
        out.flush();
      }
    } catch (IOException e) {
      LOG.debug("closing the access log failed", e);
    }
  }

  private record Entry(
      long millis,
      String client,
      String method,
      String path,
      String protocol,
      String userAgent,
      String range,
      RequestLabels labels,
      Result result) {

    void appendTo(StringBuilder line, TimeWords times) {
      line.append("{\"time\":\"");
      times.append(line, millis);
      line.append('"');
      text(line, "client", client);
      text(line, "method", method);
      text(line, "path", path);
      text(line, "protocol", protocol);
      number(line, "status", result.status());
      number(line, "bytes", result.bytes());
      number(line, "micros", result.nanos() / 1000);
      text(line, "kind", labels.kind());
      optional(line, "namespace", labels.namespace());
      optional(line, "repository", labels.repository());
      optional(line, "outcome", labels.outcome());
      optional(line, "range", range);
      optional(line, "userAgent", userAgent);
      if (!result.whole()) {
        line.append(",\"cut\":true");
      }
      line.append("}\n");
    }

    private static void optional(StringBuilder line, String key, String value) {
      if (!value.isEmpty()) {
        text(line, key, value);
      }
    }

    private static void number(StringBuilder line, String key, long value) {
      line.append(",\"").append(key).append("\":").append(value);
    }

    private static void text(StringBuilder line, String key, String value) {
      line.append(",\"").append(key).append("\":\"");
      for (int i = 0; i < value.length(); i++) {
        char c = value.charAt(i);
        if (c == '"' || c == '\\') {
          line.append('\\').append(c);
        } else if (c < ' ') {
          line.append("\\u%04x".formatted((int) c));
        } else {
          line.append(c);
        }
      }
      line.append('"');
    }
  }

  /** Puts times into words, most of which are those of the time before. Not thread-safe. */
  private static final class TimeWords {
    private long second = Long.MIN_VALUE;
    private String words = "";

    void append(StringBuilder line, long millis) {
      long now = Math.floorDiv(millis, 1000L);
      if (now != second) {
        second = now;
        String text = Instant.ofEpochSecond(now).toString();
        words = text.substring(0, text.length() - 1);
      }
      int fraction = (int) Math.floorMod(millis, 1000L);
      line.append(words).append('.');
      line.append((char) ('0' + fraction / 100));
      line.append((char) ('0' + fraction / 10 % 10));
      line.append((char) ('0' + fraction % 10)).append('Z');
    }
  }
}

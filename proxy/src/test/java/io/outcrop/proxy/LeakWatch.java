package io.outcrop.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Has Netty track every buffer, and listens for those that nobody gave back. */
final class LeakWatch extends Handler implements AutoCloseable {

  private final Logger logger = Logger.getLogger(ResourceLeakDetector.class.getName());
  private final Queue<String> leaks = new ConcurrentLinkedQueue<>();
  private final Level before = ResourceLeakDetector.getLevel();

  LeakWatch() {
    ResourceLeakDetector.setLevel(Level.PARANOID);
    logger.addHandler(this);
  }

  /** Leaks are told when another buffer is made after one was collected. */
  void assertNone() throws InterruptedException {
    for (int i = 0; i < 5; i++) {
      System.gc();
      Thread.sleep(50);
      for (int j = 0; j < 50; j++) {
        Unpooled.directBuffer(1).release();
        io.netty.buffer.PooledByteBufAllocator.DEFAULT.directBuffer(1).release();
        io.netty.buffer.ByteBufAllocator.DEFAULT.directBuffer(1).release();
      }
    }
    assertThat(leaks).isEmpty();
  }

  /** What this process has open below a folder. */
  static List<String> openFiles(Path folder) throws IOException {
    List<String> open = new ArrayList<>();
    try (var descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path descriptor : descriptors) {
        try {
          String target = Files.readSymbolicLink(descriptor).toString();
          if (target.startsWith(folder.toRealPath().toString())) {
            open.add(target);
          }
        } catch (IOException e) {
          // Closed meanwhile.
        }
      }
    }
    return open;
  }

  @Override
  public void publish(LogRecord record) {
    if (record.getMessage().contains("LEAK")) {
      leaks.add(record.getMessage());
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
    ResourceLeakDetector.setLevel(before);
  }
}

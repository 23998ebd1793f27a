package io.outcrop.proxy.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes connections that hold a place for nothing: idle too long between requests, too slow to
 * send one, or too slow to take an answer. Looks at each connection once a second rather than
 * setting and clearing a timer for every request.
 */
final class Watchdog extends ChannelInboundHandlerAdapter {

  private static final Duration FOREVER = Duration.ofDays(365);

  private final ServerLimits limits;
  private final RequestQueue queue;
  private @Nullable Future<?> ticking;
  private long markNanos = System.nanoTime();
  private Mark mark = new Mark(Phase.IDLE, 0, 0);
  private boolean bytesSinceAnswer;

  Watchdog(ServerLimits limits, RequestQueue queue) {
    this.limits = limits;
    this.queue = queue;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    ticking = context.executor().scheduleAtFixedRate(() -> tick(context), 1, 1, TimeUnit.SECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    if (ticking != null) {
      ticking.cancel(false);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    bytesSinceAnswer = true;
    context.fireChannelRead(message);
  }

  private void tick(ChannelHandlerContext context) {
    Mark now = look();
    if (!now.equals(mark)) {
      mark = now;
      markNanos = System.nanoTime();
    } else if (System.nanoTime() - markNanos > allowed(now.phase).toNanos()) {
      context.close();
    }
  }

  private Mark look() {
    Exchange current = queue.current();
    if (current != null && current.waitsForUpload()) {
      bytesSinceAnswer = false;
      return new Mark(Phase.CLIENT_UPLOADS, queue.answered(), current.body().received());
    }
    if (queue.lingers()) {
      return new Mark(Phase.LINGERS, queue.answered(), 0);
    }
    if (current != null) {
      bytesSinceAnswer = false;
      return new Mark(
          current.waitsForClient() ? Phase.CLIENT_READS : Phase.WE_WORK,
          queue.answered(),
          current.progressMark());
    }
    if (mark.answered != queue.answered()) {
      bytesSinceAnswer = false;
    }
    return new Mark(bytesSinceAnswer ? Phase.CLIENT_SENDS : Phase.IDLE, queue.answered(), 0);
  }

  private Duration allowed(Phase phase) {
    return switch (phase) {
      case IDLE -> limits.idleTimeout();
      case CLIENT_SENDS, LINGERS -> limits.headerTimeout();
      case CLIENT_UPLOADS, CLIENT_READS -> limits.slowClientTimeout();
      // What we wait for has its own time limits.
      case WE_WORK -> FOREVER;
    };
  }

  private enum Phase {
    IDLE,
    CLIENT_SENDS,
    CLIENT_UPLOADS,
    WE_WORK,
    CLIENT_READS,
    LINGERS
  }

  private record Mark(Phase phase, long answered, long progress) {}
}

package io.outcrop.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.outcrop.proxy.fill.BlobContent;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Sends one answer. Lives on the event loop of its connection; only {@link #wake} may be called
 * from elsewhere.
 *
 * <p>A slice is sent as far as its blob is there. What is there at once goes out in one piece; of a
 * growing blob one piece is on its way at a time, so that a slow client holds up no memory and
 * nobody else.
 */
final class BodySender {

  private static final int BUFFER_BYTES = 128 << 10;

  private final ChannelHandlerContext context;
  private final Response response;
  private final Exchange exchange;
  private final boolean sendsFiles;
  private final AtomicBoolean wakeQueued = new AtomicBoolean();
  private int partIndex;
  private long position = -1;
  private @Nullable LeasedRegion region;
  private boolean pieceUnderWay;
  private boolean detouring;
  private boolean waitsForContent;
  private boolean over;
  private long sent;
  // Counted up by the thread of a detour and down by the event loop, which may lag behind.
  private final AtomicInteger chunksUnderWay = new AtomicInteger();

  BodySender(
      ChannelHandlerContext context, Response response, Exchange exchange, boolean sendsFiles) {
    this.context = context;
    this.response = response;
    this.exchange = exchange;
    this.sendsFiles = sendsFiles;
  }

  void start(boolean headersOnly) {
    response.headers().set(HttpHeaderNames.DATE, HttpDate.now());
    if (!exchange.keepAlive()) {
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    } else if (exchange.isHttp10()) {
      // Told nothing, it would wait for the end of the connection.
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
    List<BodyPart> body = headersOnly ? List.of() : response.body();
    if (body.isEmpty() || (body.size() == 1 && body.getFirst() instanceof BodyPart.Bytes)) {
      sendAtOnce(body);
      return;
    }
    context.write(
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, response.status(), response.headers()));
    for (BodyPart part : body) {
      if (part instanceof BodyPart.Slice slice) {
        slice.content().onProgress(this::wake);
      }
    }
    proceed();
  }

  /** Bytes of the body that the connection has taken. */
  long sentBytes() {
    return sent + (region == null ? 0 : region.transferred());
  }

  /** Whether it is the client, rather than us, that the next byte waits for. */
  boolean waitsForClient() {
    return !waitsForContent || chunksUnderWay.get() > 0;
  }

  /** Goes on when content has grown; from any thread, any number of times. */
  private void wake() {
    if (wakeQueued.compareAndSet(false, true)) {
      try {
        context.executor().execute(this::woken);
      } catch (RejectedExecutionException e) {
        // The listener is being closed; the fill that wakes us is to go on all the same.
        wakeQueued.set(false);
      }
    }
  }

  private void woken() {
    wakeQueued.set(false);
    proceed();
  }

  /** Sends what can be sent now. */
  void proceed() {
    if (!over && sendsRevoked()) {
      cut(); // Even where a piece of it is on its way: what the kernel has not taken yet is spared.
    }
    if (over || pieceUnderWay || detouring) {
      return;
    }
    try {
      boolean more = true;
      while (more && !over) {
        more = step();
      }
      context.flush();
    } catch (IOException | RuntimeException e) {
      tellContent(e);
      cut();
    }
  }

  private boolean sendsRevoked() {
    return slice().filter(slice -> slice.content().isRevoked()).isPresent();
  }

  /** Tells the content that its file may be the cause of a failure. */
  private void tellContent(Throwable cause) {
    if (!over) {
      slice().ifPresent(slice -> slice.content().readFailed(cause));
    }
  }

  /** The slice that is being sent. */
  private Optional<BodyPart.Slice> slice() {
    return partIndex < response.body().size()
            && response.body().get(partIndex) instanceof BodyPart.Slice slice
        ? Optional.of(slice)
        : Optional.empty();
  }

  /** The connection is gone, or is to go: nothing more is sent. */
  void abandon() {
    if (!over) {
      over = true;
      response.close();
    }
  }

  private void sendAtOnce(List<BodyPart> body) {
    ByteBuf content = Unpooled.EMPTY_BUFFER;
    if (!body.isEmpty() && body.getFirst() instanceof BodyPart.Bytes(byte[] bytes)) {
      content = Unpooled.wrappedBuffer(bytes);
    }
    int length = content.readableBytes();
    over = true;
    ChannelFuture written =
        context.writeAndFlush(
            new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                response.status(),
                content,
                response.headers(),
                EmptyHttpHeaders.INSTANCE));
    response.close();
    if (written.isDone()) {
      // The common case: the kernel has taken it, and no listener is needed.
      sent = written.isSuccess() ? length : 0;
      exchange.sent(written.isSuccess());
    } else {
      written.addListener(future -> {
        sent = future.isSuccess() ? length : 0;
        exchange.sent(future.isSuccess());
      });
    }
  }

  /** Takes one step; whether another may follow at once. */
  private boolean step() throws IOException {
    if (partIndex == response.body().size()) {
      finish();
      return false;
    }
    return switch (response.body().get(partIndex)) {
      case BodyPart.Bytes(byte[] bytes) -> {
        context.write(new DefaultHttpContent(Unpooled.wrappedBuffer(bytes)));
        sent += bytes.length;
        partIndex++;
        yield true;
      }
      case BodyPart.Slice slice -> stepSlice(slice);
    };
  }

  private boolean stepSlice(BodyPart.Slice slice) throws IOException {
    if (position < 0) {
      position = slice.from();
    }
    if (position == slice.to()) {
      position = -1;
      partIndex++;
      return true;
    }
    BlobContent content = slice.content();
    // In this order: what became available before a failure is still good.
    boolean failed = content.failure().isPresent();
    boolean diverted = content.detour().isPresent();
    long available = Math.min(content.available(), slice.to());
    waitsForContent = position >= available;
    if (!waitsForContent) {
      return sendsFiles ? sendRegion(slice, available) : sendBuffer(slice, available);
    }
    if (failed) {
      cut();
    } else if (diverted) {
      detour(slice);
    }
    return false;
  }

  private boolean sendRegion(BodyPart.Slice slice, long available) {
    LeasedRegion piece =
        new LeasedRegion(slice.content().channel(), position, available - position);
    region = piece;
    position = available;
    pieceUnderWay = true;
    context.write(piece).addListener(future -> pieceSent(piece.count(), future.cause()));
    return false;
  }

  private boolean sendBuffer(BodyPart.Slice slice, long available) throws IOException {
    if (!context.channel().isWritable()) {
      return false; // The queue calls again when the connection takes more.
    }
    int length = (int) Math.min(BUFFER_BYTES, available - position);
    ByteBuf buffer = context.alloc().directBuffer(length);
    try {
      while (buffer.isWritable(1) && buffer.readableBytes() < length) {
        int count =
            buffer.writeBytes(
                slice.content().channel(),
                position + buffer.readableBytes(),
                length - buffer.readableBytes());
        if (count < 0) {
          throw new IOException("file ended before byte " + available);
        }
      }
    } catch (IOException | RuntimeException e) {
      buffer.release();
      throw e;
    }
    position += length;
    context
        .write(new DefaultHttpContent(buffer))
        .addListener(future -> {
          if (future.isSuccess()) {
            sent += length;
          } else {
            cut();
          }
        });
    return true;
  }

  private void pieceSent(long length, @Nullable Throwable failure) {
    pieceUnderWay = false;
    region = null;
    if (failure == null) {
      sent += length;
      proceed();
    } else {
      tellContent(failure);
      cut();
    }
  }

  /** Hands the rest of a slice to a thread that reads it from the upstream. */
  private void detour(BodyPart.Slice slice) {
    detouring = true;
    waitsForContent = true;
    DetourPump.start(
        slice,
        position,
        (bytes, length) -> {
          chunksUnderWay.incrementAndGet();
          ChannelFuture written =
              context.writeAndFlush(
                  new DefaultHttpContent(Unpooled.wrappedBuffer(bytes, 0, length)));
          return written.addListener(
              (ChannelFutureListener)
                  future -> {
                    chunksUnderWay.decrementAndGet();
                    if (future.isSuccess()) {
                      sent += length;
                    }
                  });
        },
        whole -> context.executor().execute(() -> detourEnded(slice, whole)));
  }

  private void detourEnded(BodyPart.Slice slice, boolean whole) {
    detouring = false;
    if (whole) {
      position = slice.to();
      proceed();
    } else {
      cut();
    }
  }

  private void finish() {
    over = true;
    context
        .write(LastHttpContent.EMPTY_LAST_CONTENT)
        .addListener(future -> {
          response.close();
          exchange.sent(future.isSuccess());
        });
  }

  /** Ends the connection where the body is, so that nobody takes it for whole. */
  private void cut() {
    if (!over) {
      over = true;
      response.close();
      exchange.sent(false);
      context.close();
    }
  }
}

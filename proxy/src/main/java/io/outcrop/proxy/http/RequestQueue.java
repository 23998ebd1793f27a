package io.outcrop.proxy.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the requests of one connection, or of one HTTP/2 stream, and has them answered one after
 * the other in their order, however many a client sends ahead.
 */
final class RequestQueue extends ChannelInboundHandlerAdapter {

  private static final Logger LOG = LoggerFactory.getLogger(RequestQueue.class);
  private static final int MOST_AHEAD = 16;
  private static final long MOST_BODY_BYTES = 64 << 10;
  private static final long MOST_LINGER_BYTES = 4 << 20;

  private final RequestHandler handler;
  private final ExchangeObserver observer;
  private final boolean sendsFiles;
  private final boolean http2;
  private final Queue<Pending> ahead = new ArrayDeque<>();
  private @Nullable ChannelHandlerContext self;
  private @Nullable Exchange current;
  // The body that what comes belongs to: that of the latest request, whichever is being answered.
  private @Nullable RequestBody incoming;
  private long bodyBytes;
  private boolean closing;
  private boolean lingering;
  private boolean starting;
  private long answered;

  /**
   * @param sendsFiles whether file regions pass through this pipeline, as they do not through TLS
   * @param http2 whether this is a stream rather than a connection
   */
  RequestQueue(
      RequestHandler handler, ExchangeObserver observer, boolean sendsFiles, boolean http2) {
    this.handler = handler;
    this.observer = observer;
    this.sendsFiles = sendsFiles;
    this.http2 = http2;
  }

  boolean sendsFiles() {
    return sendsFiles;
  }

  boolean isHttp2() {
    return http2;
  }

  /** The request being answered, for the watchdog. */
  @Nullable Exchange current() {
    return current;
  }

  /** How many requests were answered, for the watchdog. */
  long answered() {
    return answered;
  }

  /** Whether an answer has gone out that the client may still be too busy sending to read. */
  boolean lingers() {
    return lingering;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (message instanceof HttpRequest request && !closing) {
        bodyBytes = 0;
        RequestBody body = bodyOf(request);
        incoming = body;
        ahead.add(new Pending(request, body));
        startNext(context);
      }
      if (message instanceof HttpContent content) {
        content(context, content);
      }
    } finally {
      // A request over HTTP/2 comes with a body, if only an empty one; what is kept is its head.
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (current != null) {
      current.proceed();
    }
    context.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    closing = true;
    dropAhead();
    if (incoming != null) {
      incoming.cut("the client went away in the middle of the body of its request");
    }
    Exchange open = current;
    current = null;
    if (open != null) {
      open.abandon();
    }
    context.fireChannelInactive();
  }

  /** Ends the connection once the request under way is answered. */
  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == Drain.REQUESTED) {
      closing = true;
      dropAhead();
      if (current == null) {
        context.close();
      }
    }
    context.fireUserEventTriggered(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    // A peer that resets or garbles its connection is daily business, not an error of ours.
    LOG.debug("connection {} broke: {}", context.channel(), cause.toString());
    context.close();
  }

  void finished(Exchange exchange, boolean whole) {
    if (exchange != current) {
      return;
    }
    current = null;
    answered++;
    ChannelHandlerContext context = self;
    if (context == null) {
      return;
    }
    if (whole && !exchange.body().isOver()) {
      linger(context);
    } else if (!whole || !exchange.keepAlive() || closing) {
      closing = true;
      context.close();
    } else {
      startNext(context);
    }
  }

  /**
   * Takes what the client still sends for a while, and drops it: were the connection closed now,
   * what it sends would be answered with a reset, and it might never read the answer before that.
   */
  private void linger(ChannelHandlerContext context) {
    closing = true;
    lingering = true;
    bodyBytes = 0;
    dropAhead();
    context.channel().config().setAutoRead(true);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    self = context;
  }

  /** Starts requests as long as each is answered at once; a loop, so that depth stays bounded. */
  private void startNext(ChannelHandlerContext context) {
    if (starting) {
      return;
    }
    starting = true;
    try {
      while (current == null && !closing && !ahead.isEmpty()) {
        start(context, ahead.remove());
      }
    } finally {
      starting = false;
    }
    regulate(context);
  }

  /** Takes no more from the connection than can be dealt with. */
  private void regulate(ChannelHandlerContext context) {
    long buffered = incoming == null ? 0 : incoming.buffered();
    boolean taking = context.channel().config().isAutoRead();
    // Each request ahead may have a body that is held until its turn comes, so one is enough.
    int most = handler.takesBodies() ? 1 : MOST_AHEAD;
    if (taking && (ahead.size() >= most || buffered >= RequestBody.HIGH_WATER)) {
      context.channel().config().setAutoRead(false);
    } else if (!taking && ahead.size() <= most / 2 && RequestBody.isLow(buffered)) {
      context.channel().config().setAutoRead(true);
    }
  }

  private void start(ChannelHandlerContext context, Pending pending) {
    HttpRequest request = pending.request;
    DecoderResult decoded = request.decoderResult();
    if (decoded.isFailure()) {
      refuse(context, request, statusOf(decoded.cause()));
      return;
    }
    if (request.protocolVersion().equals(HttpVersion.HTTP_1_1)
        && !request.headers().contains(HttpHeaderNames.HOST)
        && !http2) {
      refuse(context, request, HttpResponseStatus.BAD_REQUEST);
      return;
    }
    RequestTarget target;
    try {
      target = RequestTarget.parse(request.uri());
    } catch (IllegalArgumentException e) {
      refuse(context, request, HttpResponseStatus.BAD_REQUEST);
      return;
    }
    Exchange exchange = new Exchange(context, request, pending.body, target, this, observer);
    current = exchange;
    handler.handle(exchange);
  }

  /** Answers what cannot be routed, and ends the connection: what follows cannot be trusted. */
  private void refuse(
      ChannelHandlerContext context, HttpRequest request, HttpResponseStatus status) {
    closing = true;
    request.headers().set(HttpHeaderNames.CONNECTION, "close");
    Exchange exchange =
        new Exchange(context, request, RequestBody.NONE, RequestTarget.parse("/"), this, observer);
    current = exchange;
    exchange.respond(
        Response.of(
            status,
            Response.newHeaders().set(HttpHeaderNames.CONTENT_TYPE, "text/plain"),
            (status.reasonPhrase() + '\n').getBytes(StandardCharsets.UTF_8)));
  }

  private static HttpResponseStatus statusOf(Throwable cause) {
    return switch (cause) {
      case TooLongHttpHeaderException _ -> HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
      case TooLongHttpLineException _ -> HttpResponseStatus.REQUEST_URI_TOO_LONG;
      default -> HttpResponseStatus.BAD_REQUEST;
    };
  }

  private RequestBody bodyOf(HttpRequest request) {
    boolean chunked = HttpUtil.isTransferEncodingChunked(request);
    long length = HttpUtil.getContentLength(request, -1L);
    boolean none = http2 ? request instanceof FullHttpRequest : !chunked && length <= 0;
    return none || !handler.takesBodies()
        ? RequestBody.NONE
        : RequestBody.coming(
            length < 0 ? OptionalLong.empty() : OptionalLong.of(length),
            new BodyDemand(HttpUtil.is100ContinueExpected(request)));
  }

  private void content(ChannelHandlerContext context, HttpContent content) {
    RequestBody body = incoming;
    if (lingering || !handler.takesBodies() || body == null) {
      dropBody(context, content);
      return;
    }
    if (content.decoderResult().isFailure()) {
      closing = true;
      body.cut("the body of the request is malformed: " + content.decoderResult().cause());
      return;
    }
    if (body == RequestBody.NONE) {
      return;
    }
    body.add(content.content().retain());
    if (content instanceof LastHttpContent) {
      body.end();
    }
    regulate(context);
  }

  /** Where no request has a use for a body, a short one is dropped, and a long one ends it. */
  private void dropBody(ChannelHandlerContext context, HttpContent content) {
    bodyBytes += content.content().readableBytes();
    boolean over = lingering ? lingeredEnough(content) : bodyBytes > MOST_BODY_BYTES && !closing;
    if (over) {
      closing = true;
      context.close();
    }
  }

  private boolean lingeredEnough(HttpContent content) {
    return content instanceof LastHttpContent
        || content.decoderResult().isFailure()
        || bodyBytes > MOST_LINGER_BYTES;
  }

  private void dropAhead() {
    ahead.forEach(pending -> pending.body.close());
    ahead.clear();
  }

  private record Pending(HttpRequest request, RequestBody body) {}

  /** Turns what the reader of a body is up to into what happens on the connection. */
  private final class BodyDemand implements RequestBody.Demand {

    private final boolean awaitsLeave;

    BodyDemand(boolean awaitsLeave) {
      this.awaitsLeave = awaitsLeave;
    }

    @Override
    public void wanted() {
      if (awaitsLeave) {
        onLoop(context -> {
          if (current != null && !current.isAnswered()) {
            context.writeAndFlush(
                new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
          }
        });
      }
    }

    @Override
    public void drained() {
      onLoop(RequestQueue.this::regulate);
    }

    private void onLoop(Consumer<ChannelHandlerContext> work) {
      ChannelHandlerContext context = self;
      if (context == null) {
        return;
      }
      try {
        context.executor().execute(() -> work.accept(context));
      } catch (RejectedExecutionException e) {
        LOG.debug("connection {} is being closed", context.channel());
      }
    }
  }
}

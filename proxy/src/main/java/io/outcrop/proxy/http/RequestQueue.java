package io.outcrop.proxy.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
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

  private final RequestHandler handler;
  private final ExchangeObserver observer;
  private final boolean sendsFiles;
  private final boolean http2;
  private final Queue<HttpRequest> ahead = new ArrayDeque<>();
  private @Nullable ChannelHandlerContext self;
  private @Nullable Exchange current;
  private long bodyBytes;
  private boolean closing;
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

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof HttpRequest request) {
      bodyBytes = 0;
      if (!closing) {
        ahead.add(request);
        if (ahead.size() >= MOST_AHEAD) {
          context.channel().config().setAutoRead(false);
        }
        startNext(context);
      }
    } else if (message instanceof HttpContent content) {
      dropBody(context, content);
    }
    // A request over HTTP/2 comes with a body, if only an empty one; what is kept is its head.
    ReferenceCountUtil.release(message);
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
    ahead.clear();
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
      ahead.clear();
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
    if (!whole || !exchange.keepAlive() || closing) {
      closing = true;
      context.close();
    } else {
      startNext(context);
    }
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
    if (ahead.size() < MOST_AHEAD / 2 && !context.channel().config().isAutoRead()) {
      context.channel().config().setAutoRead(true);
    }
  }

  private void start(ChannelHandlerContext context, HttpRequest request) {
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
    Exchange exchange = new Exchange(context, request, target, this, observer);
    current = exchange;
    handler.handle(exchange);
  }

  /** Answers what cannot be routed, and ends the connection: what follows cannot be trusted. */
  private void refuse(
      ChannelHandlerContext context, HttpRequest request, HttpResponseStatus status) {
    closing = true;
    request.headers().set(HttpHeaderNames.CONNECTION, "close");
    Exchange exchange = new Exchange(context, request, RequestTarget.parse("/"), this, observer);
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

  /** No request here has a use for a body; a short one is dropped, a long one ends it. */
  private void dropBody(ChannelHandlerContext context, HttpContent content) {
    bodyBytes += content.content().readableBytes();
    if (bodyBytes > MOST_BODY_BYTES && !closing) {
      closing = true;
      context.close();
    }
  }
}

package io.outcrop.proxy.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request and the answer to it. {@link #respond} may be called from any thread, once; the rest
 * is read-only, but for {@link #label}, which belongs to the handler.
 */
public final class Exchange {

  private final ChannelHandlerContext context;
  private final HttpRequest request;
  private final RequestBody body;
  private final RequestTarget target;
  private boolean keepAlive;
  private final RequestQueue queue;
  private final ExchangeObserver observer;
  private final long startNanos = System.nanoTime();
  private RequestLabels labels = RequestLabels.NONE;
  // Touched on the event loop only.
  private @Nullable BodySender sender;
  private int status;
  private boolean ended;

  Exchange(
      ChannelHandlerContext context,
      HttpRequest request,
      RequestBody body,
      RequestTarget target,
      RequestQueue queue,
      ExchangeObserver observer) {
    this.context = context;
    this.request = request;
    this.body = body;
    this.target = target;
    this.queue = queue;
    this.observer = observer;
    this.keepAlive = HttpUtil.isKeepAlive(request);
    observer.started();
  }

  /** The method. */
  public HttpMethod method() {
    return request.method();
  }

  /** Whether only headers are to be sent. */
  public boolean isHead() {
    return HttpMethod.HEAD.equals(request.method());
  }

  /** Path and query. */
  public RequestTarget target() {
    return target;
  }

  /** The headers of the request. */
  public HttpHeaders headers() {
    return request.headers();
  }

  /** The body of the request; empty where the handler takes none. */
  public RequestBody body() {
    return body;
  }

  /** The protocol, such as {@code HTTP/1.1}; requests over HTTP/2 say {@code HTTP/2.0}. */
  public String protocol() {
    return queue.isHttp2() ? "HTTP/2.0" : request.protocolVersion().text();
  }

  /** The address of the client, as far as it is known. */
  public String clientAddress() {
    return address().map(InetAddress::getHostAddress).orElse("");
  }

  /** A number that stands for the address of the client, if that is known; else 0. */
  public int client() {
    return address().map(InetAddress::hashCode).orElse(0);
  }

  private Optional<InetAddress> address() {
    Channel channel = context.channel();
    SocketAddress remote =
        channel.parent() != null && channel.remoteAddress() == null
            ? channel.parent().remoteAddress()
            : channel.remoteAddress();
    return remote instanceof InetSocketAddress inet
        ? Optional.ofNullable(inet.getAddress())
        : Optional.empty();
  }

  /** What the handler found the request to be about. */
  public RequestLabels labels() {
    return labels;
  }

  /** Says what the request is about, for log and metrics; before {@link #respond}. */
  public void label(RequestLabels found) {
    labels = found;
  }

  /** Sends the answer, or drops it if the client is gone. */
  public void respond(Response response) {
    if (context.executor().inEventLoop()) {
      send(response);
    } else {
      context.executor().execute(() -> send(response));
    }
  }

  boolean keepAlive() {
    return keepAlive;
  }

  boolean isHttp10() {
    return request.protocolVersion().equals(HttpVersion.HTTP_1_0);
  }

  /** Bytes of the body sent so far. */
  long sentBytes() {
    return sender == null ? 0 : sender.sentBytes();
  }

  /** Changes whenever the client takes a byte. */
  long progressMark() {
    ChannelOutboundBuffer waiting = context.channel().unsafe().outboundBuffer();
    return waiting == null
        ? sentBytes()
        : sentBytes() + waiting.currentProgress() - waiting.totalPendingWriteBytes();
  }

  /** Whether an answer is being sent. */
  boolean isAnswered() {
    return sender != null;
  }

  /** Whether whoever makes the answer waits for the client to send more of its request. */
  boolean waitsForUpload() {
    return sender == null && body.isWaitedFor();
  }

  /** Whether it is the client that the next byte waits for. */
  boolean waitsForClient() {
    return sender != null && sender.waitsForClient();
  }

  void proceed() {
    if (sender != null) {
      sender.proceed();
    }
  }

  /** The connection is gone. */
  void abandon() {
    body.close();
    if (sender != null) {
      sender.abandon();
    }
    end(false);
  }

  private void send(Response response) {
    if (ended || sender != null || !context.channel().isActive()) {
      response.close();
      end(false);
      return;
    }
    status = response.status().code();
    body.close();
    // The next request stands behind a body that nobody reads.
    keepAlive &= body.isOver();
    sender = new BodySender(context, response, this, queue.sendsFiles());
    sender.start(isHead());
  }

  /** Called by the sender: all was handed to the connection, or nothing more will be. */
  void sent(boolean whole) {
    end(whole);
    queue.finished(this, whole);
  }

  private void end(boolean whole) {
    if (!ended) {
      ended = true;
      observer.ended(
          this,
          new ExchangeObserver.Result(status, sentBytes(), System.nanoTime() - startNanos, whole));
    }
  }

  /** The value of a request header, if there is one. */
  public Optional<String> header(CharSequence name) {
    return Optional.ofNullable(request.headers().get(name));
  }
}

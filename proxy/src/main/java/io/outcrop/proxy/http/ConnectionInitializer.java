package io.outcrop.proxy.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Builds the pipeline of each connection: HTTP/1.1, plain or in TLS, and HTTP/2 in TLS. */
final class ConnectionInitializer extends ChannelInitializer<Channel> {

  private static final int MAX_REQUEST_LINE = 8 << 10;
  private static final int MAX_STREAMS = 100;
  private static final int STREAM_HIGH_WATER = 512 << 10;
  private static final int STREAM_LOW_WATER = 128 << 10;

  private final RequestHandler handler;
  private final ExchangeObserver observer;
  private final ServerLimits limits;
  private final Optional<ServerTls> tls;
  private final ChannelGroup connections;

  ConnectionInitializer(
      RequestHandler handler,
      ExchangeObserver observer,
      ServerLimits limits,
      Optional<ServerTls> tls,
      ChannelGroup connections) {
    this.handler = handler;
    this.observer = observer;
    this.limits = limits;
    this.tls = tls;
    this.connections = connections;
  }

  @Override
  protected void initChannel(Channel channel) {
    if (connections.size() >= limits.maxConnections()) {
      channel.close();
      return;
    }
    connections.add(channel);
    if (tls.isEmpty()) {
      http1(channel.pipeline(), true);
      return;
    }
    channel.config().setWriteBufferWaterMark(streamWaterMark());
    channel.pipeline().addLast(tls.get().newHandler(channel.alloc()));
    channel.pipeline().addLast(new Negotiation());
  }

  private void http1(ChannelPipeline pipeline, boolean sendsFiles) {
    RequestQueue queue = new RequestQueue(handler, observer, sendsFiles, false);
    pipeline.addLast(new Watchdog(limits, queue));
    pipeline.addLast(
        new HttpServerCodec(
            new HttpDecoderConfig()
                .setMaxInitialLineLength(MAX_REQUEST_LINE)
                .setMaxHeaderSize(limits.maxHeaderBytes())));
    pipeline.addLast(queue);
  }

  private void http2(ChannelPipeline pipeline) {
    // A connection whose streams are all idle sends nothing; streams have their own watchdog.
    pipeline.addLast(
        new IdleStateHandler(0, 0, limits.idleTimeout().toSeconds(), TimeUnit.SECONDS));
    pipeline.addLast(
        Http2FrameCodecBuilder.forServer()
            .initialSettings(
                Http2Settings.defaultSettings()
                    .maxConcurrentStreams(MAX_STREAMS)
                    .maxHeaderListSize(limits.maxHeaderBytes()))
            .build());
    pipeline.addLast(
        new Http2MultiplexHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel stream) {
                stream.config().setWriteBufferWaterMark(streamWaterMark());
                RequestQueue queue = new RequestQueue(handler, observer, false, true);
                stream.pipeline().addLast(new Http2StreamFrameToHttpObjectCodec(true, false));
                stream.pipeline().addLast(new Watchdog(limits, queue));
                stream.pipeline().addLast(queue);
              }
            }));
    pipeline.addLast(new CloseWhenIdle());
  }

  private static WriteBufferWaterMark streamWaterMark() {
    return new WriteBufferWaterMark(STREAM_LOW_WATER, STREAM_HIGH_WATER);
  }

  private final class Negotiation extends ApplicationProtocolNegotiationHandler {

    Negotiation() {
      super(ApplicationProtocolNames.HTTP_1_1);
    }

    @Override
    protected void configurePipeline(ChannelHandlerContext context, String protocol) {
      if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
        http2(context.pipeline());
      } else {
        http1(context.pipeline(), false);
      }
    }

    @Override
    protected void handshakeFailure(ChannelHandlerContext context, Throwable cause) {
      context.close(); // A port scan or a client without our CA; not worth a line each.
    }
  }
}

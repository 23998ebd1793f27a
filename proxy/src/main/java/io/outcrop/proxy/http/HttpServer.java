package io.outcrop.proxy.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.outcrop.proxy.config.ListenAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A listener and its connections. Thread-safe. */
public final class HttpServer implements AutoCloseable {

  private static final int BACKLOG = 1024;
  private static final int DRAIN_SECONDS = 10;
  private static final int CLOSE_SECONDS = 5;

  private final EventLoopGroup loops;
  private final ChannelGroup connections;
  private final Channel listener;
  private final Optional<ServerTls> tls;

  private HttpServer(
      EventLoopGroup loops, ChannelGroup connections, Channel listener, Optional<ServerTls> tls) {
    this.loops = loops;
    this.connections = connections;
    this.listener = listener;
    this.tls = tls;
  }

  /**
   * Listens.
   *
   * @param name what the listener is called in the configuration, for errors
   * @param threads event loops
   * @param tls the certificate, closed with the listener
   * @throws IOException if the address cannot be listened on; the message says why
   */
  public static HttpServer start(
      String name,
      ListenAddress address,
      int threads,
      RequestHandler handler,
      ExchangeObserver observer,
      ServerLimits limits,
      Optional<ServerTls> tls)
      throws IOException {
    InetSocketAddress socketAddress = address.toSocketAddress();
    if (socketAddress.isUnresolved()) {
      throw new IOException(name + ".listen " + address + ": unknown host");
    }
    ChannelGroup connections = new DefaultChannelGroup("connections", GlobalEventExecutor.INSTANCE);
    EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(
            threads, Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loops)
            .channel(
                Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childHandler(new ConnectionInitializer(handler, observer, limits, tls, connections))
            .bind(socketAddress)
            .awaitUninterruptibly();
    HttpServer server = new HttpServer(loops, connections, bound.channel(), tls);
    if (!bound.isSuccess()) {
      server.close();
      throw new IOException(
          name + ".listen " + address + ": cannot listen there: " + bound.cause().getMessage(),
          bound.cause());
    }
    return server;
  }

  /** The port it listens on. */
  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** Connections open now. */
  public int connections() {
    return connections.size();
  }

  /** Stops listening, gives requests under way some seconds, and closes all connections. */
  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
    connections.forEach(
        connection -> connection.pipeline().fireUserEventTriggered(Drain.REQUESTED));
    connections.newCloseFuture().awaitUninterruptibly(DRAIN_SECONDS, TimeUnit.SECONDS);
    connections.close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    loops
        .shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS)
        .awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    tls.ifPresent(ServerTls::close);
  }
}

package io.outcrop.proxy.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.timeout.IdleStateEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends an HTTP/2 connection on which nothing has gone either way for long, or whose listener is
 * being closed; streams under way are let finish.
 */
final class CloseWhenIdle extends ChannelInboundHandlerAdapter {

  private static final Logger LOG = LoggerFactory.getLogger(CloseWhenIdle.class);

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof IdleStateEvent || event == Drain.REQUESTED) {
      context.close();
    } else {
      context.fireUserEventTriggered(event);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("connection {} broke: {}", context.channel(), cause.toString());
    context.close();
  }
}

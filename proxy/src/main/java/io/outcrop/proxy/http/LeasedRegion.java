package io.outcrop.proxy.http;

import io.netty.channel.DefaultFileRegion;
import java.nio.channels.FileChannel;

/**
 * A range of a file that belongs to somebody else: sent by sendfile, and left open afterwards. It
 * must be a {@link DefaultFileRegion}, as the native transport has its fast way for no other.
 */
final class LeasedRegion extends DefaultFileRegion {

  LeasedRegion(FileChannel file, long position, long count) {
    super(file, position, count);
  }

  @Override
  protected void deallocate() {
    // The response closes the content when all of it has been sent.
  }
}

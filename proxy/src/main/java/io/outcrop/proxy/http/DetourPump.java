package io.outcrop.proxy.http;

import io.netty.channel.ChannelFuture;
import io.outcrop.proxy.fill.Detour;
import io.outcrop.proxy.fill.DirectStream;
import io.outcrop.proxy.upstream.UpstreamException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries the bytes of a blob that cannot be kept from its upstream to one client, one chunk on its
 * way at a time. Runs on a virtual thread of its own.
 */
final class DetourPump {

  private static final Logger LOG = LoggerFactory.getLogger(DetourPump.class);
  private static final int CHUNK_BYTES = 64 << 10;

  /** Takes a chunk; the array is not touched again until the future is done. */
  interface Sink {
    ChannelFuture write(byte[] bytes, int length);
  }

  private DetourPump() {}

  /**
   * Starts carrying.
   *
   * @param slice what is wanted
   * @param position where the reader goes on
   * @param sink takes the bytes, on the pump's thread
   * @param ended told once, on the pump's thread, whether all of the slice was carried
   */
  static void start(BodyPart.Slice slice, long position, Sink sink, Consumer<Boolean> ended) {
    Detour detour = slice.content().detour().orElseThrow();
    var _ =
        Thread.ofVirtual()
            .name("detour")
            .start(() -> {
              boolean whole = false;
              try {
                whole = carry(detour, slice.to(), position, sink);
              } catch (UpstreamException e) {
                LOG.debug("streaming without keeping broke off: {}", e.getMessage());
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } finally {
                ended.accept(whole);
              }
            });
  }

  private static boolean carry(Detour detour, long to, long from, Sink sink)
      throws UpstreamException, InterruptedException {
    long position = from;
    byte[] chunk = new byte[CHUNK_BYTES];
    try (DirectStream stream = detour.open(position)) {
      while (position < to) {
        int count =
            stream.read(ByteBuffer.wrap(chunk, 0, (int) Math.min(CHUNK_BYTES, to - position)));
        if (count < 0 || !sink.write(chunk, count).await().isSuccess()) {
          return false;
        }
        position += count;
      }
      return true;
    }
  }
}

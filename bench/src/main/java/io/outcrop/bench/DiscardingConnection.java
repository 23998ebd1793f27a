package io.outcrop.bench;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.LongConsumer;

/**
 * A connection for plain HTTP/1.1 whose bodies are thrown away inside the kernel. Linux only, and
 * for one thread at a time.
 */
final class DiscardingConnection implements AutoCloseable {

  /*
   * A client that copies what it reads takes as much CPU as a server that does not copy what it
   * sends, and where both share two cores, it is the client that gets measured. On a TCP socket,
   * MSG_TRUNC takes bytes off the queue without copying them (tcp(7)). The platform's own channels
   * do not offer it, hence the calls to libc.
   */

  private static final int AF_INET = 2;
  private static final int SOCK_STREAM_CLOEXEC = 1 | 0x80000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVTIMEO = 20;
  private static final int MSG_PEEK = 2;
  private static final int MSG_TRUNC = 0x20;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MOST_AT_ONCE = 4 << 20;
  private static final int HEADER_BYTES = 16 << 10;
  private static final long STALL_SECONDS = 120;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle SOCKET =
      function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle SETSOCKOPT =
      function(
          "setsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle CONNECT =
      function("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle SEND =
      function("send", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle RECV =
      function("recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle CLOSE =
      function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment state = arena.allocate(STATE);
  private final MemorySegment buffer = arena.allocate(HEADER_BYTES);
  private final String host;
  private final int socket;

  /** Connects, and waits at most two minutes for each byte from then on. */
  DiscardingConnection(InetSocketAddress server) throws IOException {
    if (!(server.getAddress() instanceof Inet4Address address)) {
      throw new IOException("server: " + server + " (expected: an IPv4 address)");
    }
    host = address.getHostAddress() + ":" + server.getPort();
    socket = (int) call("socket", SOCKET, AF_INET, SOCK_STREAM_CLOEXEC, 0);
    try {
      MemorySegment timeout = arena.allocate(JAVA_LONG, 2);
      timeout.set(JAVA_LONG, 0, STALL_SECONDS);
      call("setsockopt", SETSOCKOPT, socket, SOL_SOCKET, SO_RCVTIMEO, timeout, 16);
      MemorySegment name = arena.allocate(16, 4);
      name.set(JAVA_SHORT, 0, (short) AF_INET);
      name.set(JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN), 2, (short) server.getPort());
      MemorySegment.copy(address.getAddress(), 0, name, JAVA_BYTE, 4, 4);
      call("connect", CONNECT, socket, name, 16);
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /**
   * Gets a resource and throws its body away, whole.
   *
   * @param progress told how many bytes of the body came, each time some did
   * @return the length of the body
   * @throws IOException if the answer is not 200 with a length, or ends early
   */
  long get(String path, LongConsumer progress) throws IOException {
    send(
        """
        GET %s HTTP/1.1\r
        Host: %s\r
        User-Agent: outcrop-bench\r
        Accept: application/vnd.oci.image.manifest.v1+json, */*\r
        \r
        """
            .formatted(path, host));
    long length = readHeaders(path);
    for (long left = length; left > 0; ) {
      long count = receive(MemorySegment.NULL, Math.min(left, MOST_AT_ONCE), MSG_TRUNC);
      left -= count;
      progress.accept(count);
    }
    return length;
  }

  @Override
  public void close() throws IOException {
    call("close", CLOSE, socket);
    arena.close();
  }

  private void send(String request) throws IOException {
    byte[] bytes = request.getBytes(StandardCharsets.US_ASCII);
    MemorySegment.copy(bytes, 0, buffer, JAVA_BYTE, 0, bytes.length);
    // A request is far smaller than an empty send buffer, so that it goes in one piece.
    call("send", SEND, socket, buffer, (long) bytes.length, MSG_NOSIGNAL);
  }

  /** Takes the headers, and no byte of the body, off the connection. */
  private long readHeaders(String path) throws IOException {
    while (true) {
      int count = (int) receive(buffer, HEADER_BYTES, MSG_PEEK);
      byte[] bytes = buffer.asSlice(0, count).toArray(JAVA_BYTE);
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      int end = text.indexOf("\r\n\r\n");
      if (end >= 0) {
        for (int left = end + 4; left > 0; ) {
          left -= (int) receive(MemorySegment.NULL, left, MSG_TRUNC);
        }
        return bodyLength(path, text.substring(0, end));
      }
      if (count == HEADER_BYTES) {
        throw new IOException(path + ": headers of more than " + HEADER_BYTES + " bytes");
      }
      Thread.onSpinWait();
    }
  }

  private long bodyLength(String path, String headers) throws IOException {
    String[] lines = headers.split("\r\n", -1);
    if (!lines[0].startsWith("HTTP/1.1 200 ")) {
      throw new IOException(host + path + ": " + lines[0] + " (expected: 200)");
    }
    for (String line : lines) {
      if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        return Long.parseLong(line.substring(line.indexOf(':') + 1).strip());
      }
    }
    throw new IOException(host + path + ": no content-length");
  }

  private long receive(MemorySegment target, long most, int flags) throws IOException {
    long count;
    try {
      // The one call that is made often enough for the difference to count.
      count = (long) RECV.invokeExact(state, socket, target, most, flags);
    } catch (Throwable e) {
      throw new IllegalStateException("recv cannot be called", e);
    }
    if (count == 0) {
      throw new IOException(host + ": the connection was closed before the end of an answer");
    }
    return checked("recv", count);
  }

  private long call(String name, MethodHandle function, Object... arguments) throws IOException {
    Object[] all = new Object[arguments.length + 1];
    all[0] = state;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    long result;
    try {
      result = ((Number) function.invokeWithArguments(all)).longValue();
    } catch (Throwable e) {
      throw new IllegalStateException(name + " cannot be called", e);
    }
    return checked(name, result);
  }

  private long checked(String name, long result) throws IOException {
    if (result < 0) {
      throw new IOException(
          host + ": " + name + " failed with errno " + (int) ERRNO.get(state, 0L));
    }
    return result;
  }

  @SuppressWarnings("restricted")
  private static MethodHandle function(String name, FunctionDescriptor type) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name), type, Linker.Option.captureCallState("errno"));
  }
}

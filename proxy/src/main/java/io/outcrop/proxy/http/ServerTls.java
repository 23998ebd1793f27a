package io.outcrop.proxy.http;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.util.ReferenceCountUtil;
import io.outcrop.proxy.config.ServerTlsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate of a listener, read again when its files change. A pair that cannot be used is
 * told of and the one before kept. Thread-safe.
 */
public final class ServerTls implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ServerTls.class);

  private final ServerTlsConfig config;
  private final Object lock = new Object();
  // Guarded by the lock, as the context is counted: it must not go while a handler is made of it.
  private Loaded loaded;
  private boolean closed;

  /**
   * Reads the files.
   *
   * @throws IOException if they cannot be used; the message says which and why
   */
  public ServerTls(ServerTlsConfig config) throws IOException {
    this.config = config;
    this.loaded = load();
  }

  /** What a new connection needs. */
  SslHandler newHandler(ByteBufAllocator allocator) {
    synchronized (lock) {
      return loaded.context.newHandler(allocator);
    }
  }

  /** Looks whether the files have changed; blocks. Those of open connections stay as they are. */
  public void reloadIfChanged() {
    Loaded before;
    synchronized (lock) {
      before = loaded;
    }
    try {
      if (!stamp().equals(before.stamp)) {
        replace(before, load());
        LOG.info("certificate {} was read again", config.certificate());
      }
    } catch (IOException e) {
      LOG.error("the certificate in use is kept: {}", e.getMessage());
      // Told once for each state of the files, not at every look.
      replace(before, new Loaded(before.context, quietStamp(before.stamp)));
    }
  }

  /** Lets go of the certificate; no connection may come any more. */
  @Override
  public void close() {
    synchronized (lock) {
      if (!closed) {
        closed = true;
        ReferenceCountUtil.release(loaded.context);
      }
    }
  }

  private void replace(Loaded before, Loaded after) {
    synchronized (lock) {
      boolean current = !closed && loaded.equals(before);
      if (current) {
        loaded = after;
      }
      if (!after.context.equals(before.context)) {
        ReferenceCountUtil.release(current ? before.context : after.context);
      }
    }
  }

  private Stamp quietStamp(Stamp otherwise) {
    try {
      return stamp();
    } catch (IOException e) {
      return otherwise;
    }
  }

  private Stamp stamp() throws IOException {
    return new Stamp(modified(config.certificate()), modified(config.key()));
  }

  private static FileTime modified(Path file) throws IOException {
    return Files.getLastModifiedTime(file);
  }

  private Loaded load() throws IOException {
    try {
      Stamp stamp = stamp();
      SslContext context =
          SslContextBuilder.forServer(config.certificate().toFile(), config.key().toFile())
              .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK)
              .protocols("TLSv1.3", "TLSv1.2")
              .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
              .applicationProtocolConfig(
                  new ApplicationProtocolConfig(
                      Protocol.ALPN,
                      SelectorFailureBehavior.NO_ADVERTISE,
                      SelectedListenerFailureBehavior.ACCEPT,
                      ApplicationProtocolNames.HTTP_2,
                      ApplicationProtocolNames.HTTP_1_1))
              .build();
      return new Loaded(context, stamp);
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException(
          "certificate "
              + config.certificate()
              + " with key "
              + config.key()
              + ": cannot be used: "
              + e.getMessage()
              + " (expected: a PEM certificate chain and its unencrypted PKCS#8 key)",
          e);
    }
  }

  private record Stamp(FileTime certificate, FileTime key) {}

  private record Loaded(SslContext context, Stamp stamp) {}
}

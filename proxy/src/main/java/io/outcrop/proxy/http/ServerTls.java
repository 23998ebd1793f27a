package io.outcrop.proxy.http;

import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
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
public final class ServerTls {

  private static final Logger LOG = LoggerFactory.getLogger(ServerTls.class);

  private final ServerTlsConfig config;
  private volatile Loaded loaded;

  /**
   * Reads the files.
   *
   * @throws IOException if they cannot be used; the message says which and why
   */
  public ServerTls(ServerTlsConfig config) throws IOException {
    this.config = config;
    this.loaded = load();
  }

  /** The context for a new connection. */
  SslContext current() {
    return loaded.context;
  }

  /** Looks whether the files have changed; blocks. Those of open connections stay as they are. */
  public void reloadIfChanged() {
    Stamp before = loaded.stamp;
    try {
      if (!stamp().equals(before)) {
        loaded = load();
        LOG.info("certificate {} was read again", config.certificate());
      }
    } catch (IOException e) {
      LOG.error("the certificate in use is kept: {}", e.getMessage());
      // Told once for each state of the files, not at every look.
      loaded = new Loaded(loaded.context, quietStamp(before));
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

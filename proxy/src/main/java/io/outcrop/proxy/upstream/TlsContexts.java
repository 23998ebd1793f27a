package io.outcrop.proxy.upstream;

import io.outcrop.proxy.config.ClientTlsConfig;
import io.outcrop.proxy.config.ServerTlsConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Makes TLS contexts of the operator's certificate files. */
final class TlsContexts {

  private static final char[] NO_PASSWORD = {};

  private TlsContexts() {}

  /**
   * A context that trusts the platform's authorities and those of the configuration.
   *
   * @throws IllegalArgumentException if a file cannot be read
   */
  static SSLContext of(ClientTlsConfig config) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys(config.clientCertificate()), trust(config.ca()), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException("TLS files: " + e.getMessage(), e);
    }
  }

  private static KeyManager @Nullable [] keys(Optional<ServerTlsConfig> own)
      throws IOException, GeneralSecurityException {
    if (own.isEmpty()) {
      return null;
    }
    KeyStore store = empty();
    store.setKeyEntry(
        "client",
        PemFiles.privateKey(own.get().key()),
        NO_PASSWORD,
        PemFiles.certificates(own.get().certificate()).toArray(X509Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private static TrustManager @Nullable [] trust(Optional<Path> ca)
      throws IOException, GeneralSecurityException {
    if (ca.isEmpty()) {
      return null;
    }
    KeyStore store = empty();
    int number = 0;
    for (TrustManager manager : managers(null)) {
      if (manager instanceof X509TrustManager platform) {
        for (X509Certificate authority : platform.getAcceptedIssuers()) {
          store.setCertificateEntry("ca" + number++, authority);
        }
      }
    }
    for (X509Certificate authority : PemFiles.certificates(ca.get())) {
      store.setCertificateEntry("ca" + number++, authority);
    }
    return managers(store);
  }

  private static TrustManager[] managers(@Nullable KeyStore store) throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static KeyStore empty() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    return store;
  }
}

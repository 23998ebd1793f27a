package io.outcrop.proxy.config;

import java.nio.file.Path;

/**
 * The certificate a listener presents. Both files are read again when they change.
 *
 * @param certificate PEM file with the certificate chain, the server's own first
 * @param key PEM file with the unencrypted PKCS#8 private key
 */
public record ServerTlsConfig(Path certificate, Path key) {}

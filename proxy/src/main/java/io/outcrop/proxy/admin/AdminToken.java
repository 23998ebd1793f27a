package io.outcrop.proxy.admin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The secret that clients of the admin listener prove to have. Never shown. Thread-safe. */
public final class AdminToken {

  private static final int LEAST = 16;
  private static final int MOST = 4096;
  private static final String SCHEME = "bearer ";

  private final byte[] hash;

  private AdminToken(byte[] hash) {
    this.hash = hash;
  }

  /**
   * Reads the secret, the first line of a file.
   *
   * @throws IOException if there is none that can be used; the message says what to do
   */
  public static AdminToken read(Path file) throws IOException {
    return new AdminToken(hash(readText(file)));
  }

  /**
   * The secret in a file, for those who are to send it.
   *
   * @throws IOException as {@link #read}
   */
  public static String readText(Path file) throws IOException {
    String text;
    try {
      if (Files.size(file) > MOST) {
        throw new IOException("longer than a token");
      }
      text = Files.readString(file, StandardCharsets.US_ASCII).strip();
    } catch (IOException e) {
      throw new IOException(
          "admin.tokenFile " + file + ": cannot be read: " + e + " (expected: a file of one line)",
          e);
    }
    if (text.length() < LEAST || !text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new IOException(
          "admin.tokenFile "
              + file
              + ": holds no token (expected: one line of at least "
              + LEAST
              + " visible ASCII characters, such as openssl rand -hex 32 gives)");
    }
    return text;
  }

  /**
   * Whether the value of an Authorization header has the secret; takes as long for any wrong one.
   */
  boolean isIn(String authorization) {
    boolean scheme = authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
    String sent = scheme ? authorization.substring(SCHEME.length()).strip() : "";
    // Hashes are of one length, whatever was sent.
    return MessageDigest.isEqual(hash, hash(sent));
  }

  private static byte[] hash(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every platform has SHA-256", e);
    }
  }
}

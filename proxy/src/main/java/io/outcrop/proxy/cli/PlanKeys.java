package io.outcrop.proxy.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the Ed25519 keys that plans are signed with, as {@code openssl genpkey} writes them. */
final class PlanKeys {

  private static final String ALGORITHM = "Ed25519";
  private static final long LARGEST = 64 << 10;

  private PlanKeys() {}

  /** A private key, and the public one that belongs to it. */
  static KeyPair signing(Path file) throws IOException, CommandException {
    byte[] encoded = pem(file, "PRIVATE KEY");
    try {
      PrivateKey key =
          KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      return pair(((EdECPrivateKey) key).getBytes().orElseThrow(GeneralSecurityException::new));
    } catch (GeneralSecurityException _) {
      throw wrong(file, "private");
    }
  }

  /** Java derives a public key only while it makes a pair: so it is made of what it asks for. */
  private static KeyPair pair(byte[] seed) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
    generator.initialize(
        NamedParameterSpec.ED25519,
        new SecureRandom() {
          private static final long serialVersionUID = 1;

          @Override
          public void nextBytes(byte[] bytes) {
            System.arraycopy(seed, 0, bytes, 0, Math.min(seed.length, bytes.length));
          }
        });
    KeyPair pair = generator.generateKeyPair();
    byte[] made = ((EdECPrivateKey) pair.getPrivate()).getBytes().orElse(new byte[0]);
    if (!Arrays.equals(made, seed)) {
      throw new GeneralSecurityException("this Java makes keys in another way");
    }
    return pair;
  }

  /** A public key. */
  static PublicKey trusted(Path file) throws IOException, CommandException {
    byte[] encoded = pem(file, "PUBLIC KEY");
    try {
      return publicKey(encoded);
    } catch (GeneralSecurityException _) {
      throw wrong(file, "public");
    }
  }

  private static PublicKey publicKey(byte[] encoded) throws GeneralSecurityException {
    return KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(encoded));
  }

  private static byte[] pem(Path file, String kind) throws IOException, CommandException {
    String text =
        Files.size(file) > LARGEST
            ? ""
            : new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    Matcher block =
        Pattern.compile(
                "-----BEGIN " + kind + "-----([A-Za-z0-9+/=\\s]+)-----END " + kind + "-----")
            .matcher(text);
    if (!block.find()) {
      throw new CommandException(
          Main.BAD_CONFIGURATION, file + ": has no " + kind + " in PEM form");
    }
    try {
      return Base64.getMimeDecoder().decode(block.group(1));
    } catch (IllegalArgumentException _) {
      throw new CommandException(Main.BAD_CONFIGURATION, file + ": its PEM form is damaged");
    }
  }

  private static CommandException wrong(Path file, String half) {
    return new CommandException(
        Main.BAD_CONFIGURATION,
        file + ": is no " + half + " Ed25519 key ('openssl genpkey -algorithm ed25519' makes one)");
  }
}

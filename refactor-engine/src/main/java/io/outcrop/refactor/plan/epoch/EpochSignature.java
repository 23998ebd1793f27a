package io.outcrop.refactor.plan.epoch;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.outcrop.oci.Digest;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.util.Base64;
import java.util.Collection;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * An Ed25519 signature of an epoch, kept beside it as a JSON document of its own. Signed is not the
 * document but its digest, in a sentence that can mean nothing else. Immutable.
 */
public final class EpochSignature {

  private static final String ALGORITHM = "Ed25519";
  private static final String FORMAT = "outcrop-epoch-signature-1";
  private static final int SIGNATURE_BYTES = 64;
  private static final int MOST_BYTES = 4096;

  private final Digest epoch;
  private final String keyId;
  private final byte[] signature;

  private EpochSignature(Digest epoch, String keyId, byte[] signature) {
    this.epoch = epoch;
    this.keyId = keyId;
    this.signature = signature;
  }

  /** The name of a key: the SHA-256 of its X.509 form, in hexadecimal digits. */
  public static String keyId(PublicKey key) {
    return Digest.sha256(key.getEncoded()).hex();
  }

  /**
   * Signs an epoch.
   *
   * @param key an Ed25519 key
   * @param publicKey the other half of it
   * @throws InvalidKeyException if the key is another one
   */
  public static EpochSignature sign(EpochDocument epoch, PrivateKey key, PublicKey publicKey)
      throws InvalidKeyException {
    try {
      Signature signing = algorithm();
      signing.initSign(key);
      signing.update(statement(epoch.digest()));
      return new EpochSignature(epoch.digest(), keyId(publicKey), signing.sign());
    } catch (SignatureException e) {
      throw new InvalidKeyException("key cannot sign", e);
    }
  }

  private static Signature algorithm() {
    try {
      return Signature.getInstance(ALGORITHM);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has " + ALGORITHM, e);
    }
  }

  private static byte[] statement(Digest epoch) {
    return (FORMAT + " " + epoch).getBytes(UTF_8);
  }

  /**
   * Reads a signature, whoever wrote it.
   *
   * @throws InvalidEpochException if it is none
   */
  public static EpochSignature parse(byte[] bytes) throws InvalidEpochException {
    if (bytes.length > MOST_BYTES) {
      throw new InvalidEpochException(
          "signature of " + bytes.length + " bytes (expected: <= " + MOST_BYTES + ")");
    }
    try {
      JsonNode document = JsonMapper.shared().readTree(bytes);
      if (!text(document, "format").equals(FORMAT)) {
        throw new InvalidEpochException("not a signature of an epoch, or one of a newer Outcrop");
      }
      byte[] signature = Base64.getDecoder().decode(text(document, "signature"));
      if (signature.length != SIGNATURE_BYTES) {
        throw new InvalidEpochException(
            "signature: " + signature.length + " bytes (expected: " + SIGNATURE_BYTES + ")");
      }
      return new EpochSignature(
          Digest.parse(text(document, "epoch")), text(document, "keyId"), signature);
    } catch (JacksonException | IllegalArgumentException e) {
      throw new InvalidEpochException("signature is damaged", e);
    }
  }

  private static String text(JsonNode document, String field) {
    JsonNode value = document.path(field);
    return value.isString() ? value.asString() : "";
  }

  /** The bytes to publish. */
  public byte[] toByteArray() {
    ObjectNode document = JsonMapper.shared().createObjectNode();
    document.put("format", FORMAT);
    document.put("epoch", epoch.toString());
    document.put("keyId", keyId);
    document.put("signature", Base64.getEncoder().encodeToString(signature));
    return JsonMapper.shared().writeValueAsBytes(document);
  }

  /** The digest of the epoch that is signed. */
  public Digest epoch() {
    return epoch;
  }

  /** The name of the key that it is said to be signed with. */
  public String keyId() {
    return keyId;
  }

  /**
   * Reads an epoch that came with this signature, once it is proven to be signed.
   *
   * @param document the bytes of the epoch
   * @param trusted whose signatures count
   * @throws InvalidEpochException if the signature is of another document, or by nobody trusted, or
   *     the epoch itself is damaged
   */
  public EpochDocument open(byte[] document, Collection<PublicKey> trusted)
      throws InvalidEpochException {
    Digest digest = Digest.sha256(document);
    if (!digest.equals(epoch)) {
      throw new InvalidEpochException(
          "signature is of " + epoch + " (expected: of " + digest + ")");
    }
    PublicKey key =
        trusted.stream()
            .filter(candidate -> keyId(candidate).equals(keyId))
            .findFirst()
            .orElseThrow(() ->
                new InvalidEpochException(
                    "epoch is signed with key " + printable(keyId) + ", which is not trusted"));
    if (!isSignedWith(key)) {
      throw new InvalidEpochException("signature of epoch " + epoch + " is wrong");
    }
    return EpochDocument.parse(document);
  }

  private boolean isSignedWith(PublicKey key) {
    try {
      Signature checking = algorithm();
      checking.initVerify(key);
      checking.update(statement(epoch));
      return checking.verify(signature);
    } catch (GeneralSecurityException e) {
      // A signature that is no point on the curve, or a key of another kind.
      return false;
    }
  }

  private static String printable(String keyId) {
    return keyId.matches("[0-9a-f]{64}") ? keyId : "of no valid name";
  }
}

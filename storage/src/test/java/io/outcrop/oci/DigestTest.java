package io.outcrop.oci;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.oci.Digest.Algorithm;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class DigestTest {

  private static final String EMPTY_SHA256 =
      "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  private static final String EMPTY_SHA512 =
      "sha512:cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
          + "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e";

  static String[] invalid() {
    return new String[] {
      "",
      ":",
      "sha256",
      "sha256:",
      EMPTY_SHA256.substring(0, EMPTY_SHA256.length() - 1),
      EMPTY_SHA256 + "0",
      EMPTY_SHA256.toUpperCase(java.util.Locale.ROOT),
      "sha256:" + "E3".repeat(32),
      "sha256:" + "g0".repeat(32),
      "sha256:" + "\u0660".repeat(64), // A digit to Unicode, not to us.
      "SHA256:" + "ab".repeat(32),
      " " + EMPTY_SHA256,
      EMPTY_SHA256 + "\n",
      "sha512:" + "ab".repeat(32),
      "sha256:" + "ab".repeat(64),
      "sha384:" + "ab".repeat(48),
      "md5:" + "ab".repeat(16),
      "sha256:../" + "ab".repeat(30) + "a",
      "sha256:" + "a".repeat(1_000_000),
    };
  }

  @Test
  void hashesWithBothAlgorithms() {
    assertThat(Digest.sha256(new byte[0])).hasToString(EMPTY_SHA256);
    assertThat(Digest.of(Algorithm.SHA512, new byte[0])).hasToString(EMPTY_SHA512);
    assertThat(Digest.sha256("outcrop".getBytes(UTF_8)))
        .isNotEqualTo(Digest.sha256("Outcrop".getBytes(UTF_8)));
  }

  @Test
  void readsBackWhatItWrites() {
    for (String text : new String[] {EMPTY_SHA256, EMPTY_SHA512}) {
      Digest digest = Digest.parse(text);
      assertThat(digest).hasToString(text).isEqualTo(Digest.tryParse(text).orElseThrow());
      assertThat(digest.algorithm().prefix() + ':' + digest.hex()).isEqualTo(text);
    }
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void refusesWhatIsNoDigest(String text) {
    assertThat(Digest.tryParse(text)).isEmpty();
    assertThatThrownBy(() -> Digest.parse(text))
        .isInstanceOfSatisfying(
            InvalidNameException.class,
            e -> {
              assertThat(e.kind()).isEqualTo("digest");
              assertThat(e.getMessage()).hasSizeLessThan(400).contains("expected");
            });
  }

  @Test
  void constructorRefusesWhatParsingRefuses() {
    assertThatThrownBy(() -> new Digest(Algorithm.SHA256, "AB".repeat(32)))
        .isInstanceOf(InvalidNameException.class);
    assertThatThrownBy(() -> new Digest(Algorithm.SHA512, "ab".repeat(32)))
        .isInstanceOf(InvalidNameException.class);
  }

  @Test
  void isItsHashAndItsAlgorithm() {
    byte[] hash = Digest.of(Algorithm.SHA512, new byte[] {1}).hash();
    Digest whole = Digest.ofHash(Algorithm.SHA512, hash);
    Digest half = Digest.ofHash(Algorithm.SHA256, Arrays.copyOf(hash, 32));

    assertThat(whole).isEqualTo(Digest.of(Algorithm.SHA512, new byte[] {1})).isNotEqualTo(half);
    assertThat(whole.hex()).startsWith(half.hex());
    assertThat(half.algorithm()).isEqualTo(Algorithm.SHA256);
    assertThat(half.hash()).hasSize(32);
    for (int changed = 0; changed < hash.length; changed++) {
      byte[] other = hash.clone();
      other[changed]++;
      assertThat(Digest.ofHash(Algorithm.SHA512, other)).isNotEqualTo(whole);
    }
    assertThatThrownBy(() -> Digest.ofHash(Algorithm.SHA256, hash))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("64 bytes (expected: 32)");
  }

  @Test
  void equalDigestsHaveEqualHashCodesAndOthersSpread() {
    Set<Integer> codes = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      String hex = "%064x".formatted(i);
      codes.add(new Digest(Algorithm.SHA256, hex).hashCode());
      assertThat(new Digest(Algorithm.SHA256, hex))
          .hasSameHashCodeAs(Digest.parse("sha256:" + hex));
    }
    assertThat(codes).hasSizeGreaterThan(990);
  }
}

package io.outcrop.oci;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever comes from outside is read or refused with one exception, and soon. */
final class ManifestParserFuzzTest {

  private static final long SEED = Long.getLong("outcrop.test.seed", System.nanoTime());
  private static final int ROUNDS = 20_000;
  private static final List<String> CORPUS =
      List.of(
          Manifests.DOCKER_IMAGE,
          Manifests.DOCKER_LIST,
          Manifests.OCI_IMAGE,
          Manifests.OCI_INDEX,
          Manifests.ARTIFACT,
          Manifests.EMPTY_INDEX,
          Manifests.SCHEMA1);
  private static final List<MediaType> TYPES =
      List.of(
          MediaType.DOCKER_MANIFEST,
          MediaType.DOCKER_MANIFEST_LIST,
          MediaType.OCI_MANIFEST,
          MediaType.OCI_INDEX,
          MediaType.JSON,
          MediaType.OCTET_STREAM);
  private static final List<String> TOKENS =
      List.of(
          "null",
          "true",
          "-1",
          "1e309",
          "\"\"",
          "[]",
          "{}",
          "[[]]",
          "[null]",
          "{\"a\":{}}",
          "\"\\ud800\"",
          "\"\\u0000\"",
          "99999999999999999999",
          "0.0",
          "\"sha256:\"",
          "\"/\"",
          "7",
          "[\"x\",{}]",
          "\"\u00fc\"");

  @Test
  void mutatedManifestsAreReadOrRefusedAndNothingElse() {
    Random random = new Random(SEED);
    int read = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] mutated = mutate(CORPUS.get(random.nextInt(CORPUS.size())), random);
      MediaType declared = TYPES.get(random.nextInt(TYPES.size()));
      long start = System.nanoTime();
      try {
        Manifest manifest = ManifestParser.parse(mutated, declared);
        assertThat(manifest.children().allMatch(d -> d.size() >= 0)).isTrue();
        read++;
      } catch (InvalidManifestException expected) {
        assertThat(expected.getMessage()).isNotBlank();
      } catch (RuntimeException | Error e) {
        throw new AssertionError(
            "seed " + SEED + ", round " + round + ": " + new String(mutated, UTF_8), e);
      }
      assertThat(System.nanoTime() - start)
          .as("time in ns, seed %d, round %d", SEED, round)
          .isLessThan(10_000_000_000L);
    }
    assertThat(read).as("manifests read, seed %d", SEED).isBetween(1, ROUNDS - 1);
  }

  private static byte[] mutate(String text, Random random) {
    String mutated = text;
    for (int i = random.nextInt(3); i >= 0; i--) {
      mutated =
          random.nextBoolean() ? replaceValue(mutated, random) : dropOrDouble(mutated, random);
    }
    byte[] bytes = mutated.getBytes(UTF_8);
    if (random.nextInt(4) == 0 && bytes.length > 0) {
      for (int i = random.nextInt(4); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
    }
    return random.nextInt(20) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)) : bytes;
  }

  /** Puts another value behind some colon. */
  private static String replaceValue(String text, Random random) {
    int colon = text.indexOf("\":", random.nextInt(text.length() + 1));
    if (colon < 0) {
      return text;
    }
    int end = colon + 2;
    while (end < text.length() && ",}]".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    return text.substring(0, colon + 2)
        + TOKENS.get(random.nextInt(TOKENS.size()))
        + text.substring(end);
  }

  private static String dropOrDouble(String text, Random random) {
    int from = random.nextInt(text.length() + 1);
    int to = Math.min(text.length(), from + random.nextInt(40));
    return random.nextBoolean()
        ? text.substring(0, from) + text.substring(to)
        : text.substring(0, to) + text.substring(from);
  }
}

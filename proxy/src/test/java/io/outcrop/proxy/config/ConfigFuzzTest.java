package io.outcrop.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/**
 * Throws damaged configurations at the loader.
 *
 * <p>A failure names its seed; run again with {@code -Doutcrop.test.seed=…}.
 */
final class ConfigFuzzTest {

  private static final int ROUNDS = 2_000;

  /** Pieces that mean something to YAML or to the readers. */
  private static final List<String> PIECES =
      List.of(
          "\n",
          " ",
          "  ",
          "\t",
          ":",
          ": ",
          "- ",
          "-",
          "?",
          "? ",
          ",",
          "[",
          "]",
          "{",
          "}",
          "#",
          "&a ",
          "*a",
          "!",
          "!!str ",
          "!<x>",
          "|\n",
          ">-\n",
          "'",
          "\"",
          "%",
          "%YAML 9999999999.1\n",
          "@",
          "`",
          "~",
          "null",
          "<<: ",
          "---\n",
          "...\n",
          "\\",
          "\"\\x",
          "\"\\U00110000\"",
          "\r",
          "\u0085",
          "\u2028",
          "\u0000",
          "\uFEFF",
          "\uD800",
          "\uD83D\uDE00",
          "//",
          "/",
          "(",
          "99999999999999",
          "-1",
          "0",
          "100%",
          "50GiB",
          "1h30m",
          "&",
          "*",
          "!%zz ",
          "\"a\\\n b\"");

  private final long seed =
      Long.getLong("outcrop.test.seed", ThreadLocalRandom.current().nextLong());

  private final SplittableRandom random = new SplittableRandom(seed);

  @Test
  void parse_damagedSample_endsInAConfigurationOrLines() {
    String sample = SampleFile.uncommented(true);
    for (int round = 0; round < ROUNDS; round++) {
      StringBuilder text = new StringBuilder(sample);
      for (int damage = random.nextInt(1, 9); damage > 0; damage--) {
        damage(text);
      }
      check(text.toString(), round);
    }
  }

  @Test
  void parse_noise_endsInAConfigurationOrLines() {
    for (int round = 0; round < ROUNDS; round++) {
      StringBuilder text = new StringBuilder();
      for (int pieces = random.nextInt(40); pieces > 0; pieces--) {
        text.append(random.nextInt(4) == 0 ? "log" : piece());
      }
      check(text.toString(), round);
    }
  }

  private void damage(StringBuilder text) {
    int at = random.nextInt(text.length() + 1);
    int end = Math.min(text.length(), at + random.nextInt(random.nextBoolean() ? 4 : 200));
    switch (random.nextInt(5)) {
      case 0 -> text.insert(at, piece());
      case 1 -> text.delete(at, end);
      case 2 -> text.replace(at, end, piece());
      case 3 -> text.insert(random.nextInt(text.length() + 1), text.substring(at, end));
      default -> text.insert(at, (char) random.nextInt(0x10000));
    }
  }

  private String piece() {
    return PIECES.get(random.nextInt(PIECES.size()));
  }

  private void check(String text, int round) {
    String failure = "seed %d, round %d:\n%s".formatted(seed, round, text);
    try {
      ConfigLoader.parse("outcrop.yaml", text, Path.of("/etc/outcrop"), Map.of());
    } catch (ConfigException e) {
      assertThat(e.problems())
          .as(failure)
          .isNotEmpty()
          .allMatch(line -> line.startsWith("outcrop.yaml:") || line.startsWith("…"))
          .allMatch(line -> line.codePoints().noneMatch(Character::isISOControl))
          .allMatch(line -> line.length() < 1_000);
    } catch (RuntimeException | StackOverflowError e) {
      throw new AssertionError(failure, e);
    }
  }
}

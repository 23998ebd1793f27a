package io.outcrop.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ProgressLineTest {

  private static final long SECOND = 1_000_000_000;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  @Test
  void tellsBytesRateAndTimeLeft() {
    ProgressLine line = new ProgressLine(err, false);
    line.begin("exporting", 100 << 20);
    assertThat(line.text(0)).isEqualTo("exporting: 0 B of 100 MiB (0 %)");
    line.moved(25 << 20);
    assertThat(line.text(5 * SECOND))
        .isEqualTo("exporting: 25 MiB of 100 MiB (25 %), 5 MiB/s, 15 s left");
    assertThat(line.text(500 * SECOND)).endsWith("25 min left");
    assertThat(line.text(3_600 * SECOND)).endsWith("3 h 0 min left");
    line.moved(75 << 20);
    assertThat(line.text(10 * SECOND)).isEqualTo("exporting: 100 MiB of 100 MiB (100 %), 10 MiB/s");
  }

  @Test
  void tellsWhatIsMovedWhereTheEndIsNotKnown() {
    ProgressLine line = new ProgressLine(err, false);
    line.begin("importing", 0);
    line.moved(10 << 20);
    assertThat(line.text(SECOND)).isEqualTo("importing: 10 MiB, 10 MiB/s");
  }

  @Test
  void isQuietWhereThereIsNoTerminal() {
    try (ProgressLine line = new ProgressLine(err, false)) {
      line.begin("exporting", 10);
      line.moved(10);
      line.say("done");
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("outcrop: done\n");
  }

  @Test
  void leavesNothingBehindOnATerminal() {
    try (ProgressLine line = new ProgressLine(err, true)) {
      line.begin("exporting", 10);
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8)).startsWith("\r").endsWith("\r\u001b[K");
  }
}

package io.outcrop.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.proxy.cli.StrataDrawing.Layer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StrataDrawingTest {

  private static final List<Layer> LAYERS =
      List.of(
          new Layer(40 << 20, "base", List.of("a", "b")),
          new Layer(20 << 20, "RUN a\n\tb", List.of()),
          new Layer(1, "tiny", List.of()),
          new Layer(0, "none", List.of()));

  @Test
  void drawsByBytesTheLowestAtTheBottom() {
    assertThat(new StrataDrawing(60, true).lines(LAYERS))
        .containsExactly(
            "   0 B               none",
            "   1 B #             tiny",
            "20 MiB #######       RUN a b",
            "40 MiB ============= base (a, b)",
            "       # only in this image   = in others too");
  }

  @Test
  void usesBlocksOnATerminal() {
    assertThat(new StrataDrawing(60, false).lines(LAYERS).get(3))
        .isEqualTo("40 MiB ▒▒▒▒▒▒▒▒▒▒▒▒▒ base (a, b)");
  }

  @ParameterizedTest
  @ValueSource(ints = {40, 41, 60, 80, 132, 400})
  void fitsIntoTheWidth(int width) {
    List<String> many = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      many.add("image-number-" + i);
    }
    List<Layer> layers = new ArrayList<>(LAYERS);
    layers.add(new Layer(123_456_789_012L, "x".repeat(1000), many));
    layers.add(new Layer(5, "y".repeat(1000), List.of()));
    for (boolean ascii : new boolean[] {true, false}) {
      assertThat(new StrataDrawing(width, ascii).lines(layers))
          .allMatch(line -> line.length() <= width);
    }
  }

  @Test
  void controlCharactersOfAnImageNeverReachTheTerminal() {
    List<String> lines =
        new StrataDrawing(80, true).lines(List.of(new Layer(1, "\u001b[31mred\u0007", List.of())));
    assertThat(lines.getFirst()).endsWith("?[31mred?");
  }

  @Test
  void anImageWithoutLayersHasALegendOnly() {
    assertThat(new StrataDrawing(80, true).lines(List.of())).hasSize(1);
  }
}

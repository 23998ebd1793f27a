package io.outcrop.refactor.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TotalsTest {

  /** An image of layers named by letters, each as large as its letter's place in the alphabet. */
  private static ImageStrata image(String name, String layers) {
    List<Stratum> strata = new ArrayList<>();
    layers
        .chars()
        .forEach(letter ->
            strata.add(
                new Stratum(
                    Character.toString(letter), "content " + (char) letter, letter - 'a' + 1, "")));
    return new ImageStrata(name, strata);
  }

  @Test
  void aLayerIsStoredOnceAndUnpackedForEachStackBelowIt() {
    Totals totals = Totals.of(List.of(image("one", "abc"), image("two", "bac"), image("3", "ab")));
    assertThat(totals.stored()).isEqualTo(1 + 2 + 3);
    assertThat(totals.stack()).isEqualTo(1 + 2 + 3 + (2 + 1 + 3));
    assertThat(totals.layers()).isEqualTo(8);
    assertThat(totals.mostLayers()).isEqualTo(3);
    assertThat(totals.meanLayers()).isEqualTo(8.0 / 3);
  }

  @Test
  void ofNothingIsNothing() {
    assertThat(Totals.of(List.of())).isEqualTo(new Totals(0, 0, 0, 0, 0));
    assertThat(Totals.of(List.of()).meanLayers()).isZero();
  }

  @Test
  void aLayerThatIsTwiceInAnImageIsPulledOnceAndUnpackedTwice() {
    ImageStrata image = image("one", "bb");
    assertThat(image.bytes()).isEqualTo(2);
    assertThat(Totals.of(List.of(image)).stored()).isEqualTo(2);
    assertThat(Totals.of(List.of(image)).stack()).isEqualTo(4);
  }

  @Test
  void sharingNamesTheOthers() {
    ImageStrata one = image("one", "abb");
    ImageStrata two = image("two", "bc");
    Sharing sharing = new Sharing(List.of(two, one, image("aaa", "b")));
    assertThat(sharing.others(one, one.strata().get(1))).containsExactly("aaa", "two");
    assertThat(sharing.others(one, one.strata().getFirst())).isEmpty();
    assertThat(sharing.sharedBytes(one)).isEqualTo(2);
    assertThat(sharing.sharedBytes(two)).isEqualTo(2);
  }

  @Test
  void whatIsServedAlreadyIsNotPulledAgain() {
    Estimate estimate =
        new Estimate(
            List.of(image("one", "ab"), image("two", "ac")),
            List.of(image("one", "df"), image("two", "dg")),
            List.of(image("one", "de"), image("two", "ac")));
    assertThat(estimate.pulledAgain()).isEqualTo(6 + 7);
  }
}

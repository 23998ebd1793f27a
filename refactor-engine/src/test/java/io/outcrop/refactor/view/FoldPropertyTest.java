package io.outcrop.refactor.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.refactor.LayerFixture;
import io.outcrop.refactor.RandomLayers;
import io.outcrop.refactor.Seeds;
import io.outcrop.refactor.model.Entry;
import io.outcrop.refactor.model.FilePath;
import io.outcrop.refactor.scan.LayerIndex;
import io.outcrop.refactor.tar.RawTar;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class FoldPropertyTest {

  private static final int ROUNDS = Integer.getInteger("outcrop.test.rounds", 3000);

  private static List<Entry> entries(View view) {
    return IntStream.range(0, view.size()).mapToObj(view::entry).toList();
  }

  @Test
  void bothFoldsSeeTheSameWhateverLayersDo() throws IOException {
    int sound = 0;
    for (int round = 0; round < ROUNDS; round++) {
      List<LayerIndex> layers = new ArrayList<>();
      for (RawTar layer : new RandomLayers(Seeds.random(round)).stack()) {
        layers.add(LayerFixture.layer(layer));
      }
      View view = Fold.fold(layers);
      assertThat(entries(view))
          .as(Seeds.describe(round))
          .isEqualTo(entries(ReverseFold.view(layers)));
      assertThat(TreeDigest.of(view)).isEqualTo(ReverseFold.treeDigest(layers));
      checkStructure(view, round);
      sound += view.ambiguities().isEmpty() ? 1 : 0;
    }
    assertThat(sound).as("stacks without ambiguities").isBetween(ROUNDS / 10, ROUNDS - 1);
  }

  private static void checkStructure(View view, int round) {
    FilePath before = FilePath.ROOT;
    for (int entry = 0; entry < view.size(); entry++) {
      FilePath path = view.path(entry);
      assertThat(path).as(Seeds.describe(round)).isGreaterThan(before);
      int parent = view.parent(entry);
      assertThat(parent < 0 ? FilePath.ROOT : view.path(parent)).isEqualTo(path.parent());
      assertThat(parent < 0 || view.isDirectory(parent)).as(path.toString()).isTrue();
      assertThat(view.find(path)).hasValue(entry);
      assertThat(view.firstName(entry)).isLessThanOrEqualTo(entry);
      before = path;
    }
  }

  @Test
  void soundStacksAreWhatTheOverlayModelOfTheArchivesShows() throws IOException {
    int compared = 0;
    for (int round = 0; round < ROUNDS; round++) {
      List<RawTar> stack = new RandomLayers(Seeds.random(round)).stack();
      View view = LayerFixture.view(stack.toArray(RawTar[]::new));
      if (view.ambiguities().isEmpty()) {
        compared++;
        assertThat(ViewListing.of(view))
            .as(Seeds.describe(round))
            .isEqualTo(new OverlayModel(stack).listing());
      }
    }
    assertThat(compared).isPositive();
  }

  @Test
  void everyChangeOfAnEntryChangesTheTreeDigest() throws IOException {
    RawTar base =
        new RawTar().directory("d").file("d/f", "1").hardLink("d/g", "d/f").symlink("l", "t");
    List<RawTar> others =
        List.of(
            new RawTar().directory("d").file("d/f", "2").hardLink("d/g", "d/f").symlink("l", "t"),
            new RawTar().directory("d").file("d/f", "1").file("d/g", "1").symlink("l", "t"),
            new RawTar().directory("d").file("d/f", "1").hardLink("d/h", "d/f").symlink("l", "t"),
            new RawTar().directory("d").file("d/f", "1").hardLink("d/g", "d/f").symlink("l", "u"),
            new RawTar().directory("d").file("d/f", "1").hardLink("d/g", "d/f"),
            new RawTar()
                .add("d", '5', "", h -> h.mode(0700))
                .file("d/f", "1")
                .hardLink("d/g", "d/f")
                .symlink("l", "t"),
            new RawTar()
                .add("d", '5', "", h -> h.mode(0755).seconds(1))
                .file("d/f", "1")
                .hardLink("d/g", "d/f")
                .symlink("l", "t"));
    List<Object> digests = new ArrayList<>(List.of(TreeDigest.of(LayerFixture.view(base))));
    for (RawTar other : others) {
      digests.add(TreeDigest.of(LayerFixture.view(other)));
    }
    assertThat(digests).doesNotHaveDuplicates();
  }
}

package io.outcrop.refactor.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.refactor.LayerFixture;
import io.outcrop.refactor.report.LayerContents.Directory;
import io.outcrop.refactor.tar.RawTar;
import org.junit.jupiter.api.Test;

final class LayerContentsTest {

  @Test
  void namesTheLargestDirectoriesOfTwoLevels() throws Exception {
    LayerContents contents =
        LayerContents.of(
            LayerFixture.layer(
                new RawTar()
                    .directory("usr")
                    .directory("usr/lib")
                    .directory("usr/lib/x")
                    .file("usr/lib/x/a", "a".repeat(100))
                    .file("usr/lib/b", "b".repeat(20))
                    .directory("usr/bin")
                    .file("usr/bin/c", "c".repeat(70))
                    .file("usr/d", "d".repeat(60))
                    .directory("etc")
                    .file("etc/e", "e")
                    .file("etc/.wh.gone", "")
                    .file("top", "t".repeat(1000))));
    assertThat(contents.largest())
        .containsExactly(
            new Directory("/usr/lib", 120),
            new Directory("/usr/bin", 70),
            new Directory("/usr", 60));
    assertThat(contents.bytes()).isEqualTo(100 + 20 + 70 + 60 + 1 + 1000);
    assertThat(contents.removals()).isEqualTo(1);
    assertThat(contents.entries()).isEqualTo(12);
  }

  @Test
  void anEmptyLayerHasNothing() throws Exception {
    LayerContents contents = LayerContents.of(LayerFixture.layer(new RawTar()));
    assertThat(contents.entries()).isZero();
    assertThat(contents.largest()).isEmpty();
  }
}

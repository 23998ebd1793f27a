package io.outcrop.bench.refactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeTest {

  @TempDir Path directory;
  private ContentSpool spool;

  @BeforeEach
  void open() throws IOException {
    spool = new ContentSpool(directory);
  }

  @AfterEach
  void close() throws IOException {
    spool.close();
  }

  @Test
  void upperLayerReplacesAndAdds() throws IOException {
    assertThat(
            tree(
                new TarBytes().directory("./d").file("./d/a", "1").file("./d/b", "1"),
                new TarBytes().directory("d").file("d/b", "22").file("d/c", "333")))
        .containsExactly("d/", "d/a 1", "d/b 2", "d/c 3");
  }

  @Test
  void whiteoutTakesWholeTreeButNotNamesThatStartAlike() throws IOException {
    assertThat(
            tree(
                new TarBytes()
                    .directory("d")
                    .directory("d/x")
                    .file("d/x/f", "1")
                    .file("d-x", "")
                    .file("d0", ""),
                new TarBytes().file(".wh.d", "")))
        .containsExactly("d-x 0", "d0 0");
  }

  @Test
  void opaqueDirectoryHidesWhatIsBelowWhereverItsMarkStands() throws IOException {
    assertThat(
            tree(
                new TarBytes().directory("d").file("d/old", "1"),
                new TarBytes().directory("d").file("d/new", "1").file("d/.wh..wh..opq", "")))
        .containsExactly("d/", "d/new 1");
  }

  @Test
  void whiteoutHidesLowerLayersOnly() throws IOException {
    assertThat(
            tree(new TarBytes().file("f", "1"), new TarBytes().file("f", "22").file(".wh.f", "")))
        .containsExactly("f 2");
  }

  @Test
  void directoryBecomesFileAndBack() throws IOException {
    assertThat(
            tree(
                new TarBytes().directory("x").file("x/f", "1"),
                new TarBytes().file("x", "22"),
                new TarBytes().directory("x").file("x/g", "333")))
        .containsExactly("x/", "x/g 3");
  }

  @Test
  void hardLinkIsTheFileThatItNames() throws IOException {
    assertThat(
            tree(
                new TarBytes().file("b", "1").link("c", '1', "b"),
                new TarBytes().link("a", '1', "./b")))
        .containsExactly("a 1", "b -> a", "c -> a");
  }

  @Test
  void hardLinkOutlivesItsTarget() throws IOException {
    assertThat(
            tree(
                new TarBytes().file("a", "1").link("b", '1', "a").link("c", '1', "a"),
                new TarBytes().file(".wh.a", "")))
        .containsExactly("b 1", "c -> b");
  }

  @Test
  void replacedHardLinkIsAFileOfItsOwn() throws IOException {
    assertThat(
            tree(new TarBytes().file("a", "1").link("b", '1', "a"), new TarBytes().file("b", "22")))
        .containsExactly("a 1", "b 2");
  }

  @Test
  void refusesHardLinkToNothing() {
    assertThatThrownBy(() -> tree(new TarBytes().link("b", '1', "a")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("hard link b");
  }

  @Test
  void refusesPathsThatAreAmbiguous() {
    for (String path : List.of("a/../b", "../a", "a//b", "a/./b")) {
      assertThatThrownBy(() -> tree(new TarBytes().file(path, "")))
          .as(path)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(path);
    }
  }

  private List<String> tree(TarBytes... layers) throws IOException {
    Tree tree = new Tree();
    for (TarBytes layer : layers) {
      tree.add(LayerContent.read(new ByteArrayInputStream(layer.end()), spool));
    }
    List<String> lines = new ArrayList<>();
    for (Entry entry : tree.entries()) {
      lines.add(
          entry.isDirectory()
              ? entry.path() + "/"
              : entry.path()
                  + " "
                  + (entry.type() == Entry.HARD_LINK ? "-> " + entry.link() : entry.size()));
    }
    return lines;
  }
}

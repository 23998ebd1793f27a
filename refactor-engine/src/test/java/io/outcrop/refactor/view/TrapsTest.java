package io.outcrop.refactor.view;

import static io.outcrop.refactor.LayerFixture.layer;
import static io.outcrop.refactor.LayerFixture.paths;
import static io.outcrop.refactor.LayerFixture.view;
import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.refactor.model.Ambiguity;
import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.model.FilePath;
import io.outcrop.refactor.model.Metadata;
import io.outcrop.refactor.model.Node;
import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.scan.LayerIndex;
import io.outcrop.refactor.tar.RawTar;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What is known to be read differently, or wrongly: one test a trap. */
final class TrapsTest {

  private static RawTar tar() {
    return new RawTar();
  }

  private static void sound(View view, String... paths) {
    assertThat(view.ambiguities()).isEmpty();
    assertThat(paths(view)).containsExactly(paths);
  }

  private static void ambiguous(View view, Reason reason) {
    assertThat(view.ambiguities()).extracting(Ambiguity::reason).contains(reason);
    assertThat(view.ambiguities()).allSatisfy(a -> assertThat(a.detail()).isNotBlank());
  }

  private static String content(View view, String path) {
    Node node = view.node(index(view, path));
    return ((Node.RegularFile) node).content().toString();
  }

  private static String hash(String content) {
    return ContentHash.of(content.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1))
        .toString();
  }

  private static int index(View view, String path) {
    return view.find(FilePath.of(path)).orElseThrow(() -> new AssertionError("no " + path));
  }

  private static Metadata metadata(View view, String path) {
    return view.metadata(index(view, path));
  }

  @Nested
  final class Whiteouts {

    @Test
    void hideFilesOfLowerLayers() throws IOException {
      sound(
          view(
              tar().directory("d").file("d/a", "1").file("d/b", "2"),
              tar().directory("d").file("d/.wh.a", "")),
          "d/",
          "d/b");
    }

    @Test
    void hideWholeTrees() throws IOException {
      sound(
          view(
              tar().directory("usr").directory("usr/share").file("usr/share/a", "").file("b", ""),
              tar().file(".wh.usr", "")),
          "b");
    }

    @Test
    void ofWhatIsNotThereDoNothing() throws IOException {
      sound(view(tar().directory("d"), tar().directory("d").file("d/.wh.nothing", "")), "d/");
    }

    @Test
    void beforeAFileOfTheSameLayerKeepTheNewOne() throws IOException {
      View view = view(tar().file("a", "old"), tar().file(".wh.a", "").file("a", "new"));
      sound(view, "a");
      assertThat(content(view, "a")).isEqualTo(hash("new"));
    }

    @Test
    void behindAFileOfTheSameLayerKeepTheNewOneButAreAmbiguous() throws IOException {
      View view = view(tar().file("a", "old"), tar().file("a", "new").file(".wh.a", ""));
      ambiguous(view, Reason.WHITEOUT_OF_OWN_ENTRY);
      assertThat(content(view, "a")).isEqualTo(hash("new"));
    }

    @Test
    void ofADirectoryThatTheSameLayerMakesAnewAreAmbiguous() throws IOException {
      RawTar lower = tar().directory("d").file("d/old", "");
      View view = view(lower, tar().file(".wh.d", "").directory("d").file("d/new", ""));
      ambiguous(view, Reason.WHITEOUT_OF_OWN_ENTRY);
      assertThat(paths(view)).containsExactly("d/", "d/new");
      ambiguous(
          view(lower, tar().directory("d").file("d/new", "").file(".wh.d", "")),
          Reason.WHITEOUT_OF_OWN_ENTRY);
      ambiguous(
          view(lower, tar().file(".wh.d", "").file("d/new", "")), Reason.WHITEOUT_OF_OWN_ENTRY);
    }

    @Test
    void inADirectoryThatIsNotThereAreAmbiguous() throws IOException {
      ambiguous(view(tar().file("gone/.wh.a", "")), Reason.WHITEOUT_WITHOUT_DIRECTORY);
      ambiguous(
          view(tar().file("f", ""), tar().file("f/.wh.a", "")), Reason.WHITEOUT_WITHOUT_DIRECTORY);
    }

    @Test
    void withoutANameAreAmbiguous() throws IOException {
      ambiguous(view(tar().file(".wh.", "")), Reason.WHITEOUT_WITHOUT_DIRECTORY);
      ambiguous(view(tar().file("d/.wh...", "")), Reason.WHITEOUT_WITHOUT_DIRECTORY);
    }

    @Test
    void ofAnyTypeHide() throws IOException {
      sound(view(tar().file("a", ""), tar().add(".wh.a", '5', "")));
    }

    @Test
    void asDirectoriesOfOtherEntriesAreAmbiguous() throws IOException {
      ambiguous(view(tar().file(".wh.d/f", "")), Reason.AUFS_MARKER);
    }

    @Test
    void ofAufsAreAmbiguous() throws IOException {
      ambiguous(
          view(tar().directory(".wh..wh.plnk").file(".wh..wh.plnk/1.2", "")), Reason.AUFS_MARKER);
      ambiguous(view(tar().file(".wh..wh.aufs", "")), Reason.AUFS_MARKER);
    }
  }

  @Nested
  final class OpaqueDirectories {

    private final RawTar lower =
        tar().directory("d").file("d/a", "1").directory("d/s").file("d/s/x", "");

    @Test
    void hideWhatLowerLayersHaveInThemWhereverTheMarkerStands() throws IOException {
      sound(
          view(lower, tar().directory("d").file("d/.wh..wh..opq", "").file("d/b", "")),
          "d/",
          "d/b");
    }

    @Test
    void keepWhatTheSameLayerBringsBeforeTheMarker() throws IOException {
      sound(
          view(lower, tar().directory("d").file("d/b", "").file("d/.wh..wh..opq", "")),
          "d/",
          "d/b");
    }

    @Test
    void keepTheirMetadataIfOnlyTheMarkerIsThere() throws IOException {
      View view =
          view(
              tar().add("d", '5', "", h -> h.mode(01777).owner(3, 4)).file("d/a", ""),
              tar().file("d/.wh..wh..opq", ""));
      sound(view, "d/");
      assertThat(metadata(view, "d").mode()).isEqualTo(01777);
      assertThat(view.hasImplicitDirectories()).isTrue();
    }

    @Test
    void takeThePlaceOfFiles() throws IOException {
      sound(view(tar().file("d", ""), tar().directory("d").file("d/.wh..wh..opq", "")), "d/");
    }

    @Test
    void atTheRootAreAmbiguous() throws IOException {
      View view = view(lower, tar().file(".wh..wh..opq", "").file("new", ""));
      ambiguous(view, Reason.ROOT_HIDDEN);
      assertThat(paths(view)).containsExactly("new");
    }
  }

  @Nested
  final class Overlays {

    @Test
    void ofADirectoryKeepWhatIsInItAndTakeNewAttributes() throws IOException {
      View view =
          view(
              tar().directory("d").file("d/a", ""),
              tar().add("d", '5', "", h -> h.mode(0700).owner(1, 2).seconds(99)));
      sound(view, "d/", "d/a");
      assertThat(metadata(view, "d").mode()).isEqualTo(0700);
      assertThat(metadata(view, "d").seconds()).isEqualTo(99);
    }

    @Test
    void ofAFileOverADirectoryRemoveTheTree() throws IOException {
      sound(
          view(tar().directory("d").directory("d/s").file("d/s/x", ""), tar().file("d", "")), "d");
    }

    @Test
    void ofAFileThatBecomesADirectoryAndBackShowNothingOfBefore() throws IOException {
      RawTar directory = tar().directory("x").file("x/old", "");
      RawTar file = tar().file("x", "f");
      sound(view(file, directory, file), "x");
      sound(view(directory, file, tar().directory("x").file("x/new", "")), "x/", "x/new");
    }

    @Test
    void throughASymbolicLinkOfALowerLayerAreAmbiguous() throws IOException {
      View view =
          view(
              tar().directory("usr").directory("usr/lib").symlink("lib", "usr/lib"),
              tar().file("lib/x", ""));
      ambiguous(view, Reason.PARENT_NOT_A_DIRECTORY);
      // An overlay has replaced the link.
      assertThat(paths(view)).contains("lib/", "lib/x").doesNotContain("usr/lib/x");
    }

    @Test
    void ofADirectoryOverASymbolicLinkReplaceIt() throws IOException {
      sound(
          view(
              tar().directory("usr").directory("usr/lib").symlink("lib", "usr/lib"),
              tar().directory("lib").file("lib/x", "")),
          "lib/",
          "lib/x",
          "usr/",
          "usr/lib/");
    }

    @Test
    void ofASymbolicLinkOverADirectoryRemoveTheTree() throws IOException {
      sound(view(tar().directory("lib").file("lib/x", ""), tar().symlink("lib", "usr/lib")), "lib");
    }

    @Test
    void throughASymbolicLinkOfTheSameLayerAreAmbiguous() throws IOException {
      ambiguous(
          view(tar().symlink("lib", "usr/lib").file("lib/x", "")), Reason.PARENT_NOT_A_DIRECTORY);
      ambiguous(view(tar().file("f", "").file("f/x", "")), Reason.PARENT_NOT_A_DIRECTORY);
    }

    @Test
    void ofEmptyLayersChangeNothing() throws IOException {
      sound(view(tar(), tar().file("a", ""), tar()), "a");
    }

    @Test
    void ofMetadataOnlyChangeThatOnly() throws IOException {
      View view =
          view(
              tar().file("a", "content"),
              tar().add("a", '0', "content", h -> h.mode(0600).owner(7, 7).seconds(-9)));
      sound(view, "a");
      assertThat(metadata(view, "a"))
          .isEqualTo(new Metadata(0600, 7, 7, -9, 0, io.outcrop.refactor.model.Xattrs.NONE));
    }
  }

  @Nested
  final class ImplicitDirectories {

    @Test
    void takeTheMetadataOfTheLowerLayer() throws IOException {
      View view =
          view(tar().add("tmp", '5', "", h -> h.mode(01777).seconds(5)), tar().file("tmp/a", ""));
      sound(view, "tmp/", "tmp/a");
      assertThat(metadata(view, "tmp").mode()).isEqualTo(01777);
      assertThat(metadata(view, "tmp").seconds()).isEqualTo(5);
      assertThat(view.hasImplicitDirectories()).isTrue();
    }

    @Test
    void thatAreNowhereElseAreNeutral() throws IOException {
      View view = view(tar().file("a/b/c", ""));
      sound(view, "a/", "a/b/", "a/b/c");
      assertThat(metadata(view, "a/b")).isEqualTo(Metadata.IMPLICIT_DIRECTORY);
    }

    @Test
    void thatTheSameLayerStatesLaterAreNotImplicit() throws IOException {
      View view = view(tar().file("a/b", "").add("a", '5', "", h -> h.mode(0711)));
      sound(view, "a/", "a/b");
      assertThat(metadata(view, "a").mode()).isEqualTo(0711);
      assertThat(view.hasImplicitDirectories()).isFalse();
    }
  }

  @Nested
  final class Duplicates {

    @Test
    void ofAFileLetTheLastOneCount() throws IOException {
      View view = view(tar().file("a", "first").file("./a", "second").file("a", "third"));
      sound(view, "a");
      assertThat(content(view, "a")).isEqualTo(hash("third"));
    }

    @Test
    void ofADirectoryKeepWhatIsInIt() throws IOException {
      View view = view(tar().directory("d").file("d/a", "").add("d/", '5', "", h -> h.mode(0700)));
      sound(view, "d/", "d/a");
      assertThat(metadata(view, "d").mode()).isEqualTo(0700);
    }

    @Test
    void ofADirectoryWithOtherAttributesAreAmbiguous() throws IOException {
      ambiguous(
          view(tar().pax(Map.of("SCHILY.xattr.user.a", "1")).directory("d").directory("d")),
          Reason.DUPLICATE_ENTRY);
    }

    @Test
    void ofAnotherTypeReplaceWhatWasThere() throws IOException {
      sound(view(tar().file("x/a", "").file("x", "")), "x");
      sound(view(tar().file("x", "").directory("x").file("x/a", "")), "x/", "x/a");
      sound(view(tar().file("x", "").symlink("x", "y")), "x");
    }

    @Test
    void ofADirectoryAsSomethingElseAreAmbiguous() throws IOException {
      View view = view(tar().directory("x").file("x/a", "").file("x", ""));
      ambiguous(view, Reason.DUPLICATE_ENTRY);
      assertThat(paths(view)).containsExactly("x");
      ambiguous(view(tar().directory("x/y").symlink("x", "z")), Reason.DUPLICATE_ENTRY);
      ambiguous(
          view(tar().file("f", "").directory("x").hardLink("x", "f")), Reason.DUPLICATE_ENTRY);
    }
  }

  @Nested
  final class FilesThatBecomeDirectoriesInOneLayer {

    @Test
    void areAmbiguousOverADirectory() throws IOException {
      RawTar lower = tar().directory("d").file("d/old", "");
      ambiguous(view(lower, tar().file("d", "").directory("d")), Reason.DUPLICATE_ENTRY);
      ambiguous(
          view(lower, tar().file("d/.wh.old", "").file("d", "").directory("d")),
          Reason.DUPLICATE_ENTRY);
      sound(view(tar().file("d", ""), tar().file("d", "").directory("d")), "d/");
    }
  }

  @Nested
  final class HardLinks {

    @Test
    void areOneFileWithTheSmallestPathFirst() throws IOException {
      View view = view(tar().file("z", "same").hardLink("a", "z").hardLink("m/n", "./a"));
      sound(view, "a", "m/", "m/n", "z");
      assertThat(view.node(index(view, "a"))).isInstanceOf(Node.RegularFile.class);
      assertThat(((Node.HardLink) view.node(index(view, "z"))).target())
          .isEqualTo(FilePath.of("a"));
      assertThat(((Node.HardLink) view.node(index(view, "m/n"))).target())
          .isEqualTo(FilePath.of("a"));
      assertThat(view.length(index(view, "z"))).isEqualTo(4);
    }

    @Test
    void toSymbolicLinksDevicesAndPipesAreFilesLikeOthers() throws IOException {
      View view =
          view(
              tar()
                  .symlink("s", "target")
                  .hardLink("t", "s")
                  .add("c", '3', "", h -> h.device(1, 3))
                  .hardLink("d", "c")
                  .add("p", '6', "")
                  .hardLink("q", "p"));
      sound(view, "c", "d", "p", "q", "s", "t");
      for (String link : List.of("d", "q", "t")) {
        assertThat(view.isHardLink(index(view, link))).as(link).isTrue();
      }
    }

    @Test
    void whoseFileIsReplacedKeepTheOldOne() throws IOException {
      View view = view(tar().file("a", "old").hardLink("b", "a").file("a", "new"));
      sound(view, "a", "b");
      assertThat(content(view, "a")).isEqualTo(hash("new"));
      assertThat(content(view, "b")).isEqualTo(hash("old"));
    }

    @Test
    void partedByAnUpperLayerAreSingleFiles() throws IOException {
      RawTar lower = tar().file("a", "old").hardLink("b", "a").hardLink("c", "a");
      View replaced = view(lower, tar().file("a", "new"));
      sound(replaced, "a", "b", "c");
      assertThat(replaced.isHardLink(index(replaced, "b"))).isFalse();
      assertThat(replaced.isHardLink(index(replaced, "c"))).isTrue();
      assertThat(content(replaced, "b")).isEqualTo(hash("old"));
      View removed = view(lower, tar().file(".wh.a", "").file(".wh.c", ""));
      sound(removed, "b");
      assertThat(content(removed, "b")).isEqualTo(hash("old"));
    }

    @Test
    void intoALowerLayerAreAmbiguous() throws IOException {
      ambiguous(view(tar().file("a", ""), tar().hardLink("b", "a")), Reason.HARD_LINK_TARGET);
    }

    @Test
    void toWhatComesLaterOrIsADirectoryOrThemselvesAreAmbiguous() throws IOException {
      ambiguous(view(tar().hardLink("b", "a").file("a", "")), Reason.HARD_LINK_TARGET);
      ambiguous(view(tar().directory("a").hardLink("b", "a")), Reason.HARD_LINK_TARGET);
      ambiguous(view(tar().file("a", "").hardLink("a", "a")), Reason.HARD_LINK_TARGET);
      ambiguous(
          view(tar().directory("d").file("d/f", "").symlink("l", "d").hardLink("x", "l/f")),
          Reason.HARD_LINK_TARGET);
    }

    @Test
    void withOtherMetadataThanTheirFileAreAmbiguous() throws IOException {
      ambiguous(
          view(tar().file("a", "").add("b", '1', "", h -> h.link("a").mode(0600))),
          Reason.HARD_LINK_METADATA);
      ambiguous(
          view(tar().file("a", "").add("b", '1', "", h -> h.link("a").seconds(1))),
          Reason.HARD_LINK_METADATA);
    }

    @Test
    void withoutTheCapabilitiesOfTheirFileAreAmbiguous() throws IOException {
      RawTar capable =
          tar().pax(Map.of("SCHILY.xattr.security.capability", "\1\0\0\2")).file("a", "");
      ambiguous(view(capable.hardLink("b", "a")), Reason.HARD_LINK_METADATA);
      sound(
          view(tar().pax(Map.of("SCHILY.xattr.user.a", "1")).file("a", "").hardLink("b", "a")),
          "a",
          "b");
    }
  }

  @Nested
  final class OverlayMarkers {

    @Test
    void asDevicesAreAmbiguous() throws IOException {
      ambiguous(view(tar().add("a", '3', "", h -> h.device(0, 0))), Reason.OVERLAY_MARKER);
      sound(view(tar().add("a", '4', "", h -> h.device(0, 0))), "a");
      sound(view(tar().add("a", '3', "", h -> h.device(0, 1))), "a");
    }

    @Test
    void asAttributesAreAmbiguous() throws IOException {
      for (String name :
          List.of("trusted.overlay.opaque", "user.overlay.redirect", "user.fuseoverlayfs.opaque")) {
        ambiguous(
            view(tar().pax(Map.of("SCHILY.xattr." + name, "y")).directory("d")),
            Reason.OVERLAY_MARKER);
      }
    }
  }

  @Test
  void theRootItselfIsNoEntry() throws IOException {
    View view = view(tar().directory("./").add("/", '5', "", h -> h.mode(0700)).file("./a", ""));
    sound(view, "a");
    ambiguous(view(tar().file("./", "")), Reason.PARENT_NOT_A_DIRECTORY);
  }

  @Test
  void namesAreTheSameHoweverSpelled() throws IOException {
    sound(
        view(tar().file("/a", "").file("./b//c/./d", "").add("e/", '5', "")),
        "a",
        "b/",
        "b/c/",
        "b/c/d",
        "e/");
  }

  @Test
  void namesAreComparedByComponentAndByte() throws IOException {
    View view =
        view(
            tar()
                .file("a.b", "")
                .file("a\u00e9", "")
                .directory("a")
                .file("a/z", "")
                .file("a-b", "")
                .file("a\1", ""));
    assertThat(paths(view)).containsExactly("a/", "a/z", "a\\x01", "a-b", "a.b", "a\\xe9");
  }

  @Test
  void modesOfSymbolicLinksDoNotMatter() throws IOException {
    View one = view(tar().add("l", '2', "", h -> h.link("t").mode(0644)));
    View other = view(tar().add("l", '2', "", h -> h.link("t").mode(0777)));
    assertThat(TreeDigest.of(one)).isEqualTo(TreeDigest.of(other));
    assertThat(metadata(one, "l").mode()).isEqualTo(0777);
  }

  @Test
  void layersTellWhatTheyHide() throws IOException {
    LayerIndex layer = layer(tar().directory("d").file("d/.wh..wh..opq", "").file(".wh.x", ""));
    assertThat(layer.size()).isEqualTo(2);
    assertThat(layer.isOpaque(0)).isTrue();
    assertThat(layer.isWhiteout(1)).isTrue();
    assertThat(layer.path(1)).isEqualTo(FilePath.of("x"));
  }
}

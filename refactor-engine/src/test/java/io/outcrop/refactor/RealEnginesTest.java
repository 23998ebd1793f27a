package io.outcrop.refactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.refactor.build.LayoutContents;
import io.outcrop.refactor.build.MemoryRefactorState;
import io.outcrop.refactor.compress.Packing;
import io.outcrop.refactor.model.Cancellation;
import io.outcrop.refactor.model.Limits;
import io.outcrop.refactor.plan.Planner;
import io.outcrop.refactor.tar.RawTar;
import io.outcrop.refactor.view.View;
import io.outcrop.refactor.view.ViewListing;
import io.outcrop.storage.layout.LayoutIndex;
import io.outcrop.storage.layout.OciLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What real programs make of images: they agree with the view, and between a source and what was
 * made of it.
 */
final class RealEnginesTest {

  @TempDir private Path directory;
  private Path layout;

  @BeforeEach
  void needPrograms() throws IOException {
    Programs.need("umoci", "python3");
    Programs.needRoot();
    layout = directory.resolve("layout");
  }

  private static List<RawTar> layers() {
    return List.of(
        new RawTar()
            .directory("bin")
            .add("bin/sh", '0', "shell", h -> h.mode(04755).seconds(1_600_000_000))
            .add("bin/zz", '1', "", h -> h.link("bin/sh").mode(04755).seconds(1_600_000_000))
            .add("tmp", '5', "", h -> h.mode(01777).seconds(1_500_000_000))
            .directory("etc")
            .file("etc/passwd", "root")
            .file("etc/old", "gone")
            .directory("usr")
            .directory("usr/lib")
            .file("usr/lib/a", "library")
            .hardLink("usr/lib/b", "usr/lib/a")
            .hardLink("usr/lib/c", "usr/lib/a")
            .symlink("lib", "usr/lib")
            .directory("gone")
            .directory("gone/deeper")
            .file("gone/deeper/file", "x")
            .directory("flip")
            .file("flip/below", "x"),
        new RawTar()
            .add("etc", '5', "", h -> h.mode(0750).owner(3_000, 7).seconds(1_000_000_000))
            .file("etc/.wh.old", "")
            .pax(Map.of("SCHILY.xattr.user.k", "\0\u00ff", "mtime", "1234567890.123456789"))
            .file("etc/new", "n".repeat(70_000))
            .directory("usr")
            .directory("usr/lib")
            .add("usr/lib/a", '0', "another", h -> h.seconds(77))
            .add("usr/pipe", '6', "")
            .add("usr/zero", '3', "", h -> h.device(1, 5))
            .file(".wh.gone", "")
            .file("flip", "now a file")
            .pax(Map.of("path", "n".repeat(200) + "/", "mtime", "6"))
            .directory("n")
            .pax(Map.of("path", "n".repeat(200) + "/" + "\u00e9".repeat(120), "mtime", "5"))
            .file("x", "long and not UTF-8"),
        new RawTar()
            .add("flip", '5', "", h -> h.mode(0700).seconds(9))
            .file("flip/again", "")
            .directory("usr")
            .directory("usr/lib")
            .file("usr/lib/.wh..wh..opq", "")
            .pax(
                Map.of(
                    "SCHILY.xattr.security.capability",
                    "\1\0\0\2\u0080\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"))
            .add("usr/lib/capable", '0', "c", h -> h.mode(0755).binary(108, 8, 3_000_000)));
  }

  /** Puts an image into the layout under a name. */
  private Descriptor write(String name, MemoryContents contents, byte[] manifest, MediaType type)
      throws IOException {
    try (OciLayout target = OciLayout.create(layout)) {
      LayoutContents blobs = new LayoutContents(target);
      for (byte[] blob : contents.blobs.values()) {
        blobs.put(blob, MediaType.OCTET_STREAM);
      }
      blobs.put(manifest, type);
      Descriptor descriptor =
          new Descriptor(
              type,
              Digest.sha256(manifest),
              manifest.length,
              Optional.empty(),
              Optional.empty(),
              Map.of(LayoutIndex.REFERENCE_NAME, name),
              List.of());
      target.update(index -> index.with(descriptor));
      return descriptor;
    }
  }

  private List<String> unpack(String name) throws IOException {
    Path bundle = directory.resolve("bundle-" + name);
    Programs.run(directory, "umoci", "unpack", "--image", layout + ":" + name, bundle.toString());
    return Scripts.walk(bundle.resolve("rootfs"));
  }

  private static TestImage image(MemoryContents contents) {
    return new TestImage(contents).layers(layers());
  }

  private Outcome.Refactored refactor(byte[] manifest, MediaType type, Planner planner)
      throws IOException {
    try (OciLayout source = OciLayout.open(layout)) {
      LayoutContents contents = new LayoutContents(source);
      Outcome outcome =
          new RefactorEngine(
                  new EngineOptions(Limits.DEFAULT, 2, directory.resolve("tmp"), 1 << 30),
                  new MemoryRefactorState(100_000))
              .refactor(
                  new RefactorRequest(
                      manifest, type, contents, contents, planner, Packing.GZIP, 100),
                  Cancellation.untilCancelled(),
                  RefactorProgress.NONE);
      assertThat(outcome).isInstanceOf(Outcome.Refactored.class);
      return (Outcome.Refactored) outcome;
    }
  }

  @Test
  void umociUnpacksWhatTheViewShowsBeforeAndAfter() throws IOException {
    MemoryContents contents = new MemoryContents();
    TestImage image = image(contents);
    byte[] manifest = image.write();
    write("source", contents, manifest, image.mediaType());
    List<String> expected = ViewListing.of(LayerFixture.view(layers().toArray(RawTar[]::new)));
    assertThat(unpack("source")).isEqualTo(expected);

    Outcome.Refactored outcome = refactor(manifest, image.mediaType(), TestPlanners.scattered(4));
    write("refactored", new MemoryContents(), outcome.manifest(), image.mediaType());
    assertThat(unpack("refactored")).isEqualTo(expected);
  }

  /** Unpacks layers one by one, and lists what an overlay of them shows. */
  private List<String> overlay(String name, List<RawTar> layers) throws IOException {
    Path place = Files.createDirectory(directory.resolve(name));
    List<Path> uppers = new ArrayList<>();
    // One mount of a single directory is no overlay.
    uppers.add(Files.createDirectory(place.resolve("empty")));
    for (int i = 0; i < layers.size(); i++) {
      uppers.addFirst(OverlayUpper.unpack(layers.get(i).bytes(), place.resolve("upper" + i)));
    }
    Path merged = Files.createDirectory(place.resolve("merged"));
    String lower = String.join(":", uppers.stream().map(Path::toString).toList());
    Programs.run(
        place, "mount", "-t", "overlay", "overlay", "-o", "lowerdir=" + lower, merged.toString());
    try {
      return Scripts.walk(merged);
    } finally {
      Programs.run(place, "umount", merged.toString());
    }
  }

  @Test
  void anOverlayMountShowsWhatTheViewShows() throws IOException {
    Programs.need("mount", "umount");
    View view = LayerFixture.view(layers().toArray(RawTar[]::new));
    assertThat(view.ambiguities()).isEmpty();
    assertThat(overlay("stack", layers())).isEqualTo(ViewListing.of(view));
  }

  @Test
  void overlayMountsOfRandomStacksShowWhatTheirViewsShow() throws IOException {
    Programs.need("mount", "umount");
    int compared = 0;
    for (int round = 0; round < 60; round++) {
      List<RawTar> stack = new RandomLayers(Seeds.random(round)).stack();
      View view = LayerFixture.view(stack.toArray(RawTar[]::new));
      if (view.ambiguities().isEmpty()) {
        compared++;
        assertThat(withoutMetadataOfDirectories(overlay("random" + round, stack)))
            .as(Seeds.describe(round))
            .containsExactlyInAnyOrderElementsOf(
                withoutMetadataOfDirectories(ViewListing.of(view)));
      }
    }
    assertThat(compared).isPositive();
  }

  /** Directories that no layer states have whatever the engine gives them. */
  private static List<String> withoutMetadataOfDirectories(List<String> lines) {
    return lines.stream().map(line -> line.replaceFirst(" d .*", " d")).toList();
  }

  @Test
  void skopeoCopiesWhatWasMade() throws IOException {
    Programs.need("skopeo");
    MemoryContents contents = new MemoryContents();
    TestImage image =
        image(contents)
            .configuration(
                ",\"history\":[{\"created_by\":\"x\"},{\"created_by\":\"y\"},{\"created_by\":\"z\"}]");
    byte[] manifest = image.write();
    write("source", contents, manifest, image.mediaType());
    Outcome.Refactored outcome = refactor(manifest, image.mediaType(), TestPlanners.byTop());
    write("refactored", new MemoryContents(), outcome.manifest(), image.mediaType());
    // It unpacks every layer and compares it with the configuration.
    Programs.run(
        directory,
        "skopeo",
        "--insecure-policy",
        "copy",
        "--format",
        "v2s2",
        "--dest-decompress",
        "oci:" + layout + ":refactored",
        "dir:" + directory.resolve("copy"));
    assertThat(Programs.run(directory, "skopeo", "inspect", "oci:" + layout + ":refactored"))
        .contains(outcome.layers().getFirst().built().blob().toString());
  }
}

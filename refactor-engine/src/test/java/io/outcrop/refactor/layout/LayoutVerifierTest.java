package io.outcrop.refactor.layout;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.Manifest;
import io.outcrop.oci.ManifestParser;
import io.outcrop.refactor.TestImage;
import io.outcrop.refactor.model.Cancellation;
import io.outcrop.refactor.scan.ScanProgress;
import io.outcrop.refactor.tar.RawTar;
import io.outcrop.storage.layout.OciLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LayoutVerifierTest {

  @TempDir private Path directory;
  private TestLayout layout;

  @BeforeEach
  void make() throws IOException {
    layout = new TestLayout(directory.resolve("layout"));
  }

  private List<Verification> verify(String name) throws IOException {
    try (OciLayout opened = OciLayout.open(layout.folder)) {
      return new LayoutVerifier(opened, Cancellation.untilCancelled())
          .verify(layout.named(name), ScanProgress.NONE);
    }
  }

  private Verification one(String name) throws IOException {
    List<Verification> found = verify(name);
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  private Manifest.Image manifest(Descriptor descriptor) throws Exception {
    return (Manifest.Image)
        ManifestParser.parse(
            Files.readAllBytes(layout.blob(descriptor.digest())), descriptor.mediaType());
  }

  @Test
  void anImageThatIsAsItSaysIsSound() throws Exception {
    Descriptor entry = layout.add("app", layout.image("x"));
    Verification found = one("app");
    assertThat(found.isSound()).isTrue();
    assertThat(found.notes()).isEmpty();
    assertThat(found.tree()).isPresent();
    assertThat(found.layers()).isEqualTo(2);
    assertThat(found.bytes())
        .isEqualTo(manifest(entry).layers().stream().mapToLong(Descriptor::size).sum());
  }

  @Test
  void everyFlippedBitOfALayerIsFound() throws Exception {
    Descriptor layer = manifest(layout.add("app", layout.image("x"))).layers().getLast();
    byte[] bytes = Files.readAllBytes(layout.blob(layer.digest()));
    for (int at = 0; at < bytes.length; at++) {
      bytes[at] ^= 0x10;
      Files.write(layout.blob(layer.digest()), bytes);
      bytes[at] ^= 0x10;
      assertThat(one("app").problems())
          .as("byte %d", at)
          .anyMatch(problem -> problem.contains("its bytes hash to"));
    }
  }

  @Test
  void bytesBehindTheEndOfALayerAreFound() throws Exception {
    Descriptor layer = manifest(layout.add("app", layout.image("x"))).layers().getFirst();
    byte[] bytes = Files.readAllBytes(layout.blob(layer.digest()));
    Files.write(layout.blob(layer.digest()), java.util.Arrays.copyOf(bytes, bytes.length + 7));
    assertThat(one("app").problems())
        .containsExactly(
            "layer %s: %d bytes (expected: %d)"
                .formatted(layer.digest(), bytes.length + 7, bytes.length));
  }

  @Test
  void whatIsMissingIsNamed() throws Exception {
    Descriptor entry = layout.add("app", layout.image("x"));
    Manifest.Image manifest = manifest(entry);
    Digest layer = manifest.layers().getFirst().digest();
    Files.delete(layout.blob(layer));
    Files.delete(layout.blob(manifest.config().digest()));
    assertThat(one("app").problems())
        .containsExactlyInAnyOrder(
            "configuration " + manifest.config().digest() + ": is not in the layout",
            "layer " + layer + ": is not in the layout");
    Files.delete(layout.blob(entry.digest()));
    assertThat(one("app").problems()).singleElement().asString().contains("has no content");
  }

  @Test
  void aLayerThatUnpacksToSomethingElseIsFound() throws Exception {
    String zeros = "\"sha256:" + "0".repeat(64) + "\"";
    layout.add("app", layout.image("x").diffIds(zeros + "," + zeros));
    assertThat(one("app").problems())
        .hasSize(2)
        .allMatch(problem -> problem.contains("unpacks to"));
  }

  @Test
  void bytesOfWhatCannotBeRefactoredAreCheckedAllTheSame() throws Exception {
    Descriptor entry = layout.add("windows", layout.image("x").system("windows"));
    Verification found = one("windows");
    assertThat(found.isSound()).isTrue();
    assertThat(found.tree()).isEmpty();
    assertThat(found.notes())
        .singleElement()
        .asString()
        .startsWith("root file system not compared: operating-system: ");
    Digest layer = manifest(entry).layers().getFirst().digest();
    Files.writeString(layout.blob(layer), "something else");
    assertThat(one("windows").isSound()).isFalse();
  }

  @Test
  void imagesWithOtherRootFileSystemsAreNotEqual() throws Exception {
    RawTar tree = new RawTar().directory("etc").file("etc/a", "a");
    layout.add("one", new TestImage(layout.contents).layers(tree));
    layout.add(
        "two",
        new TestImage(layout.contents)
            .layers(tree, new RawTar().add("etc", '5', "", h -> h.mode(0700).seconds(0))));
    List<Verification> compared = LayoutVerifier.compare(verify("one"), verify("two"));
    assertThat(compared.getFirst().problems()).singleElement().asString().endsWith(", as one has)");
    assertThat(LayoutVerifier.compare(verify("one"), verify("one")).getFirst().isSound()).isTrue();
  }
}

package io.outcrop.refactor.layout;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.oci.Platform;
import io.outcrop.refactor.MemoryContents;
import io.outcrop.refactor.TestImage;
import io.outcrop.refactor.build.LayoutContents;
import io.outcrop.refactor.tar.RawTar;
import io.outcrop.storage.layout.LayoutIndex;
import io.outcrop.storage.layout.OciLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A layout in a real folder, filled with images made by hand. */
final class TestLayout {

  final Path folder;
  final MemoryContents contents = new MemoryContents();

  TestLayout(Path folder) throws IOException {
    this.folder = folder;
    OciLayout.create(folder).close();
  }

  /** An image to be added, with files below {@code usr}, {@code opt} and {@code etc}. */
  TestImage image(String seed) {
    return new TestImage(contents)
        .layers(
            new RawTar()
                .directory("usr")
                .directory("usr/bin")
                .add("usr/bin/sh", '0', "shell", h -> h.mode(04755).seconds(1_600_000_000))
                .add(
                    "usr/bin/zsh",
                    '1',
                    "",
                    h -> h.link("usr/bin/sh").mode(04755).seconds(1_600_000_000))
                .file("usr/base", "b".repeat(5000))
                .directory("etc")
                .file("etc/old", "gone"),
            new RawTar()
                .add("etc", '5', "", h -> h.mode(0750).owner(3_000, 7))
                .file("etc/.wh.old", "")
                .directory("opt")
                .file("opt/app", seed.repeat(4000))
                .symlink("opt/link", "app"));
  }

  /** Lists an image under a name. */
  Descriptor add(String name, TestImage image) throws IOException {
    return list(name, document(image.write(), image.mediaType()));
  }

  /** Writes a document, with all blobs that the images made so far need. */
  Descriptor document(byte[] document, MediaType type) throws IOException {
    try (OciLayout layout = OciLayout.open(folder)) {
      LayoutContents blobs = new LayoutContents(layout);
      for (byte[] blob : contents.blobs.values()) {
        blobs.put(blob, MediaType.OCTET_STREAM);
      }
      contents.blobs.clear();
      blobs.put(document, type);
    }
    return Descriptor.of(type, Digest.sha256(document), document.length);
  }

  Descriptor list(String name, Descriptor document) throws IOException {
    Descriptor entry =
        new Descriptor(
            document.mediaType(),
            document.digest(),
            document.size(),
            Optional.<Platform>empty(),
            Optional.empty(),
            name.isEmpty() ? Map.of() : Map.of(LayoutIndex.REFERENCE_NAME, name),
            List.of());
    try (OciLayout layout = OciLayout.open(folder)) {
      layout.update(index -> index.with(entry));
    }
    return entry;
  }

  /** Lists an index under a name; descriptors as JSON. */
  Descriptor addIndex(String name, MediaType type, String... descriptors) throws IOException {
    byte[] index =
        ("{\"schemaVersion\":2,\"mediaType\":\""
                + type
                + "\",\"manifests\":["
                + String.join(",", descriptors)
                + "],\"annotations\":{\"kept\":\"yes\"}}")
            .getBytes(UTF_8);
    return list(name, document(index, type));
  }

  /** A descriptor of an index, with more fields that begin with a comma. */
  static String child(Descriptor descriptor, String more) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d%s}"
        .formatted(descriptor.mediaType(), descriptor.digest(), descriptor.size(), more);
  }

  Path blob(Digest digest) {
    return folder.resolve("blobs").resolve("sha256").resolve(digest.hex());
  }

  LayoutImages images() throws IOException {
    try (OciLayout layout = OciLayout.open(folder)) {
      return LayoutImages.of(layout.index());
    }
  }

  LayoutImage image(LayoutImages images, String name) {
    return images.find(name).orElseThrow(() -> new AssertionError(name + " of " + images.all()));
  }

  LayoutImage named(String name) throws IOException {
    return image(images(), name);
  }

  /** Every file but those of the work itself, by its path, with a hash of its bytes. */
  Map<String, String> files() throws IOException {
    return files(path -> !path.startsWith(LayoutWorkspace.FOLDER));
  }

  /** Every file at all. */
  Map<String, String> allFiles() throws IOException {
    return files(_ -> true);
  }

  private Map<String, String> files(java.util.function.Predicate<String> wanted)
      throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(Files::isRegularFile)
          .filter(file -> wanted.test(folder.relativize(file).toString()))
          .collect(
              Collectors.toMap(
                  file -> folder.relativize(file).toString(),
                  TestLayout::hash,
                  (a, b) -> a,
                  TreeMap::new));
    }
  }

  private static String hash(Path file) {
    try {
      return Digest.sha256(Files.readAllBytes(file)).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Annotations of an entry. */
  Map<String, String> annotations(String name) throws IOException {
    return new HashMap<>(named(name).entry().annotations());
  }
}

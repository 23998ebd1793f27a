package io.outcrop.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.storage.DerivedImage.Kind;
import io.outcrop.storage.DerivedImage.Made;
import io.outcrop.storage.DerivedImage.Part;
import io.outcrop.storage.DerivedImage.Refused;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was made of which image. */
final class DerivedImagesTest {

  private static final Instant AT = Instant.parse("2026-01-01T00:00:00.123Z");
  private static final Digest SHARED = digest("shared layer");

  @TempDir Path root;

  @Test
  void keepsWhatWasMade_andFindsItByAllItsNames() throws Exception {
    DerivedImage image = made("a");
    try (ContentStore store = Contents.open(root)) {
      store.derived().put(image, Map.of(digest("root a"), "root a".getBytes(UTF_8)));
    }
    try (ContentStore store = Contents.open(root)) {
      DerivedImages derived = store.derived();
      assertThat(derived.find(digest("source a"), "recipe")).contains(image);
      assertThat(derived.find(digest("source a"), "other")).isEmpty();
      assertThat(derived.find(digest("source b"), "recipe")).isEmpty();
      assertThat(derived.withRoot(digest("root a"))).contains(image);
      assertThat(derived.withRoot(SHARED)).isEmpty();
      assertThat(derived.withPart(SHARED)).containsExactly(image);
      assertThat(derived.document(digest("root a"))).hasValue("root a".getBytes(UTF_8));
      assertThat(derived.document(SHARED)).isEmpty();
      assertThat(derived.all()).containsExactly(image);
    }
  }

  @Test
  void keepsWhyNothingWasMade_shortened() throws Exception {
    DerivedImage refused =
        new DerivedImage(
            digest("source"), "recipe", 0, AT, new Refused("entry-type", "x".repeat(100_000)));
    try (ContentStore store = Contents.open(root)) {
      store.derived().put(refused, Map.of());

      Refused kept =
          (Refused) store.derived().find(digest("source"), "recipe").orElseThrow().result();
      assertThat(kept.reason()).isEqualTo("entry-type");
      assertThat(kept.detail()).hasSizeLessThan(2_000).startsWith("xxx");
    }
  }

  @Test
  void remove_leavesWhatOthersHaveInCommon() throws Exception {
    DerivedImage one = made("a");
    DerivedImage other = made("b");
    try (ContentStore store = Contents.open(root)) {
      DerivedImages derived = store.derived();
      derived.put(one, Map.of(digest("root a"), new byte[1], SHARED, new byte[2]));
      derived.put(other, Map.of(digest("root b"), new byte[3], SHARED, new byte[2]));

      derived.remove(one);

      assertThat(derived.all()).containsExactly(other);
      assertThat(derived.withRoot(digest("root a"))).isEmpty();
      assertThat(derived.withPart(SHARED)).containsExactly(other);
      assertThat(derived.document(digest("root a"))).isEmpty();
      assertThat(derived.document(SHARED)).isPresent();

      derived.remove(other);

      assertThat(derived.document(SHARED)).isEmpty();
      assertThat(derived.withPart(SHARED)).isEmpty();
    }
  }

  @Test
  void notes_areForgottenByWhatIsInThem() throws Exception {
    try (ContentStore store = Contents.open(root)) {
      DerivedImages derived = store.derived();
      derived.note("one", new byte[] {1});
      derived.note("two", new byte[] {2});

      derived.forgetNotes(value -> value[0] == 1);

      assertThat(derived.note("one")).isEmpty();
      assertThat(derived.note("two")).hasValue(new byte[] {2});
    }
  }

  private static DerivedImage made(String name) {
    return new DerivedImage(
        digest("source " + name),
        "recipe",
        12_345,
        AT,
        new Made(
            digest("root " + name),
            MediaType.OCI_MANIFEST,
            List.of(
                new Part(digest("root " + name), Kind.DOCUMENT, MediaType.OCI_MANIFEST, 7, 0, true),
                new Part(SHARED, Kind.LAYER, MediaType.OCTET_STREAM, 8, 99, false))));
  }

  private static Digest digest(String text) {
    return Digest.sha256(text.getBytes(UTF_8));
  }
}

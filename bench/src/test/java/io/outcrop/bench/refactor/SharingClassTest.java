package io.outcrop.bench.refactor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class SharingClassTest {

  private static final Content ONE = new Content(0, 0, 10);
  private static final Content TWO = new Content(1, 10, 20);

  @Test
  void entriesOfTheSameImagesAreTogether() {
    List<List<Entry>> images =
        List.of(
            List.of(file("a", 0, ONE), file("b", 0, TWO), file("mine", 0, ONE)),
            List.of(file("a", 0, ONE), file("b", 0, TWO)));

    assertThat(classes(images, Identity.STRICT))
        .containsExactlyInAnyOrder("{0, 1} a b", "{0} mine");
  }

  @Test
  void anotherTimeIsAnotherEntryUnlessTimesAreIgnored() {
    List<List<Entry>> images = List.of(List.of(file("a", 1, ONE)), List.of(file("a", 2, ONE)));

    assertThat(classes(images, Identity.STRICT)).containsExactlyInAnyOrder("{0} a", "{1} a");
    assertThat(classes(images, Identity.ANY_TIME)).containsExactly("{0, 1} a");
  }

  @Test
  void onlyContentCountsWhereverItIs() {
    List<List<Entry>> images =
        List.of(
            List.of(file("a", 1, ONE), file("copy", 1, ONE), file("empty", 1, Content.NONE)),
            List.of(file("elsewhere", 2, ONE)));

    assertThat(classes(images, Identity.STRICT)).hasSize(2);
    assertThat(classes(images, Identity.CONTENT)).containsExactly("{0, 1} a");
  }

  @Test
  void ownerModeLinkAndTypeMakeAnotherEntry() {
    Entry file = file("a", 0, Content.NONE);
    List<Entry> variants =
        List.of(
            file,
            new Entry(
                "a", '0', 0600, 0, 0, 0, 0, "", 0, Collections.emptySortedMap(), Content.NONE),
            new Entry(
                "a", '0', 0644, 1, 0, 0, 0, "", 0, Collections.emptySortedMap(), Content.NONE),
            new Entry(
                "a", '0', 0644, 0, 1, 0, 0, "", 0, Collections.emptySortedMap(), Content.NONE),
            new Entry(
                "a", '2', 0644, 0, 0, 0, 0, "x", 0, Collections.emptySortedMap(), Content.NONE),
            new Entry(
                "a", '3', 0644, 0, 0, 0, 0, "", 7, Collections.emptySortedMap(), Content.NONE),
            file.at("b"));

    assertThat(variants.stream().map(Identity.ANY_TIME::of).distinct()).hasSize(variants.size());
  }

  private static List<String> classes(List<List<Entry>> images, Identity identity) {
    return SharingClass.of(images, identity).stream()
        .map(each ->
            each.images()
                + " "
                + String.join(" ", each.entries().stream().map(Entry::path).toList()))
        .toList();
  }

  private static Entry file(String path, long seconds, Content content) {
    return new Entry(
        path, '0', 0644, 0, 0, seconds, 0, "", 0, Collections.emptySortedMap(), content);
  }
}

package io.outcrop.storage;

import static io.outcrop.storage.Contents.assertAbsent;
import static io.outcrop.storage.Contents.assertHolds;
import static io.outcrop.storage.Contents.bytes;
import static io.outcrop.storage.Contents.fill;
import static io.outcrop.storage.Contents.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.oci.Digest;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PinsTest {

  // Seven of these fit into the large pool, and eight of the small ones into the small pool.
  private static final int LARGE = 100_000;
  private static final int SMALL = 32_768;

  @TempDir Path root;
  private ContentStore store;

  @BeforeEach
  void open() throws StoreException {
    store = Contents.open(root);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void pinnedContentOfBothPoolsOutlivesWhateverComes() throws Exception {
    Digest layer = fill(store, bytes(1, LARGE));
    Digest manifest = put(store, bytes(1, SMALL));
    store.pins().put(pin("a", Map.of(layer, (long) LARGE, manifest, (long) SMALL)));

    comeAndGo();

    assertHolds(store, layer, bytes(1, LARGE));
    assertHolds(store, manifest, bytes(1, SMALL));
    assertThat(store.explain(layer).orElseThrow().pins()).containsExactly("a");
  }

  @Test
  void contentThatIsPinnedBeforeItComesStaysToo() throws Exception {
    Digest layer = Digest.sha256(bytes(1, LARGE));
    Digest manifest = Digest.sha256(bytes(1, SMALL));
    store.pins().put(pin("a", Map.of(layer, (long) LARGE, manifest, (long) SMALL)));
    assertThat(store.explain(layer).map(Explanation::isResident)).contains(false);

    fill(store, bytes(1, LARGE));
    put(store, bytes(1, SMALL));
    comeAndGo();

    assertHolds(store, layer, bytes(1, LARGE));
    assertHolds(store, manifest, bytes(1, SMALL));
  }

  @Test
  void aPinIsThereAfterAReopenAndStillKeepsItsContent() throws Exception {
    Digest layer = fill(store, bytes(1, LARGE));
    Pin pin =
        new Pin(
            "docker.io/library/alpine:3",
            List.of("linux/amd64", "linux/arm64/v8"),
            layer,
            Map.of(layer, (long) LARGE),
            Instant.parse("2026-02-03T04:05:06.789Z"));
    store.pins().put(pin);
    store.close();
    store = Contents.open(root);

    assertThat(store.pins().all()).containsExactly(pin);
    assertThat(store.pins().get(pin.name())).contains(pin);
    assertThat(store.pins().isPinned(layer)).isTrue();
    assertThat(store.pins().bytes()).isEqualTo(LARGE);
    comeAndGo();
    assertHolds(store, layer, bytes(1, LARGE));
  }

  @Test
  void contentGoesOnceTheLastPinThatNamesItIsGone() throws Exception {
    Digest layer = fill(store, bytes(1, LARGE));
    store.pins().put(pin("a", Map.of(layer, (long) LARGE)));
    store.pins().put(pin("b", Map.of(layer, (long) LARGE)));

    assertThat(store.pins().remove("a")).isTrue();
    assertThat(store.pins().remove("a")).isFalse();
    comeAndGo();
    assertHolds(store, layer, bytes(1, LARGE));

    assertThat(store.pins().remove("b")).isTrue();
    comeAndGo();
    assertAbsent(store, layer);
    store.close();
    store = Contents.open(root);
    assertThat(store.pins().all()).isEmpty();
  }

  @Test
  void aPinTakesThePlaceOfThatOfTheSameName() throws Exception {
    Digest before = fill(store, bytes(1, LARGE));
    Digest after = fill(store, bytes(2, LARGE));
    Digest both = fill(store, bytes(3, LARGE));
    store.pins().put(pin("a", Map.of(before, (long) LARGE, both, (long) LARGE)));
    store.pins().put(pin("a", Map.of(after, (long) LARGE, both, (long) LARGE)));

    comeAndGo();

    assertAbsent(store, before);
    assertHolds(store, after, bytes(2, LARGE));
    assertHolds(store, both, bytes(3, LARGE));
    assertThat(store.pins().all()).hasSize(1);
  }

  @Test
  void whatCouldNotBeKeptAtOnceIsNotPinned() throws Exception {
    store.pins().put(pin("a", Map.of(digest(1), 700_000L)));
    store.pins().put(pin("shares", Map.of(digest(1), 700_000L, digest(2), 80_000L)));

    assertThatThrownBy(() -> store.pins().put(pin("b", Map.of(digest(3), 70_000L))))
        .isInstanceOf(InsufficientSpaceException.class)
        .hasMessageContaining("pin b: 850000 bytes would be pinned")
        .hasMessageContaining("raise the capacity");
    assertThatThrownBy(() ->
            store
                .pins()
                .put(
                    pin(
                        "small",
                        Map.of(
                            digest(4), 60_000L,
                            digest(5), 60_001L,
                            digest(6), 60_002L,
                            digest(7), 60_003L,
                            digest(8), 60_004L))))
        .isInstanceOf(InsufficientSpaceException.class);

    assertThat(store.pins().all()).extracting(Pin::name).containsExactly("a", "shares");
    assertThat(store.pins().isPinned(digest(3))).isFalse();
    store.pins().put(pin("shares", Map.of(digest(3), 70_000L)));
  }

  @Test
  void whereAllIsPinnedNothingElseIsKeptAndNothingIsEvictedInVain() throws Exception {
    Map<Digest, Long> content = new java.util.HashMap<>();
    for (int i = 0; i < 7; i++) {
      content.put(fill(store, bytes(i, LARGE)), (long) LARGE);
    }
    store.pins().put(pin("all", content));

    PartialBlob partial = store.begin(Digest.sha256(bytes(100, LARGE)));
    assertThat(partial.admits(LARGE, true)).isTrue();
    assertThatThrownBy(() -> partial.reserve(LARGE)).isInstanceOf(InsufficientSpaceException.class);
    partial.discard();

    assertThat(store.resident()).containsExactlyInAnyOrderElementsOf(content.keySet());
    store.pins().remove("all");
    fill(store, bytes(100, LARGE));
    assertThat(store.statistics().evictions()).isEqualTo(1);
  }

  @Test
  void pinnedContentIsAlwaysWorthItsRoom() throws Exception {
    for (int i = 0; i < 7; i++) {
      fill(store, bytes(i, LARGE));
    }
    byte[] huge = bytes(100, 5 * LARGE);
    store.pins().put(pin("huge", Map.of(Digest.sha256(huge), (long) huge.length)));
    PartialBlob other = store.begin(Digest.sha256(bytes(101, 5 * LARGE)));
    assertThat(other.admits(5 * LARGE, false)).isFalse();
    other.discard();

    PartialBlob partial = store.begin(Digest.sha256(huge));
    assertThat(partial.admits(huge.length, false)).isTrue();
    partial.reserve(huge.length);
    partial.append(ByteBuffer.wrap(huge));
    partial.publish(ContentInfo.Origin.PUBLIC, List.of());

    assertHolds(store, partial.digest(), huge);
  }

  @Test
  void anOperatorMayEvictWhatIsPinnedAndItStaysPinnedForWhenItComesBack() throws Exception {
    Digest layer = fill(store, bytes(1, LARGE));
    store.pins().put(pin("a", Map.of(layer, (long) LARGE)));

    assertThat(store.evict(layer, Reason.OPERATOR)).isTrue();
    assertAbsent(store, layer);
    assertThat(store.pins().isPinned(layer)).isTrue();

    fill(store, bytes(1, LARGE));
    comeAndGo();
    assertHolds(store, layer, bytes(1, LARGE));
  }

  @Test
  void aPinWithoutANameOrWithASizeBelowNothingIsRefused() {
    assertThatThrownBy(() -> pin("", Map.of())).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> pin("a", Map.of(digest(1), -1L)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pin a");
  }

  /** Three times as much as there is room for, in both pools. */
  private void comeAndGo() throws Exception {
    for (int i = 0; i < 24; i++) {
      fill(store, bytes(1_000 + i, LARGE));
      put(store, bytes(1_000 + i, SMALL));
    }
    for (int i = 0; i < 24; i++) {
      store.evict(Digest.sha256(bytes(1_000 + i, LARGE)), Reason.OPERATOR);
      store.evict(Digest.sha256(bytes(1_000 + i, SMALL)), Reason.OPERATOR);
    }
  }

  private static Pin pin(String name, Map<Digest, Long> content) {
    return new Pin(name, List.of(), digest(0), content, Instant.EPOCH);
  }

  private static Digest digest(int number) {
    return new Digest(Digest.Algorithm.SHA256, "%064x".formatted(number));
  }
}

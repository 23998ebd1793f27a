package io.outcrop.storage;

import static io.outcrop.storage.Contents.bytes;
import static io.outcrop.storage.Contents.fill;
import static io.outcrop.storage.Contents.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.storage.cache.SegmentName;
import io.outcrop.storage.cache.StackState;
import io.outcrop.storage.cache.Standing;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Why content is here, or why it is gone; and what of that a restart leaves. */
final class ExplanationTest {

  private static final int LARGE = 90_000; // Eight fit, and none is huge.

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
  void knowsNothingOfWhatWasNeverHere() throws Exception {
    assertThat(store.explain(Digest.sha256(bytes(1, 10)))).isEmpty();
  }

  @Test
  void tellsHowResidentContentStands() throws Exception {
    Digest layer = fill(store, bytes(1, LARGE));
    Explanation explanation = store.explain(layer).orElseThrow();
    assertThat(explanation.isResident()).isTrue();
    assertThat(explanation.info().orElseThrow().size()).isEqualTo(LARGE);
    assertThat(explanation.standing().orElseThrow().list()).isEqualTo(SegmentName.PROBATION);
    assertThat(explanation.departure()).isEmpty();
    assertThat(explanation.readers()).isZero();

    try (BlobFile _ = store.open(layer).orElseThrow()) {
      assertThat(store.explain(layer).orElseThrow().readers()).isEqualTo(1);
    }
    use(layer, 5);
    Standing used = store.explain(layer).orElseThrow().standing().orElseThrow();
    assertThat(used.list()).isEqualTo(SegmentName.PROVEN);
    assertThat(used.frequency()).isEqualTo(2);
  }

  @Test
  void standingsOutliveARestart() throws Exception {
    Digest once = fill(store, bytes(1, LARGE));
    Digest often = fill(store, bytes(2, LARGE));
    for (int client = 1; client <= 4; client++) {
      store.used(often, client);
    }
    reopen();

    assertThat(standing(often).list()).isEqualTo(SegmentName.PROVEN);
    assertThat(standing(often).frequency()).isEqualTo(5);
    assertThat(standing(often).value()).isPositive();
    assertThat(standing(once).list()).isEqualTo(SegmentName.PROBATION);
    assertThat(standing(once).frequency()).isEqualTo(1);
    assertThat(standing(once).value()).isPositive();
  }

  @Test
  void tellsOfWhatWasEvictedForRoomAlsoAfterARestart() throws Exception {
    List<Digest> blobs = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      blobs.add(fill(store, bytes(i, LARGE)));
      if (i < 4) { // Of content used once, at most as much is remembered as there is room besides.
        use(blobs.get(i), 1);
      }
    }
    Digest gone =
        blobs.stream().filter(blob -> store.info(blob).isEmpty()).reduce((a, b) -> b).orElseThrow();
    Explanation before = store.explain(gone).orElseThrow();
    assertThat(before.isResident()).isFalse();
    assertThat(before.standing().orElseThrow().list()).isEqualTo(SegmentName.GHOST_PROBATION);
    Departure departure = before.departure().orElseThrow();
    assertThat(departure.reason()).isEqualTo(Reason.ROOM);
    assertThat(departure.bytes()).isEqualTo(LARGE);
    assertThat(departure.standing().orElseThrow().list()).isEqualTo(SegmentName.PROBATION);
    assertThat(departure.standing().orElseThrow().value()).isPositive();
    reopen();

    Explanation after = store.explain(gone).orElseThrow();
    assertThat(after.departure().orElseThrow().at()).isEqualTo(departure.at());
    assertThat(after.departure().orElseThrow().reason()).isEqualTo(Reason.ROOM);
    assertThat(after.standing().orElseThrow().list()).isEqualTo(SegmentName.GHOST_PROBATION);

    fill(store, bytes(blobs.indexOf(gone), LARGE));
    Explanation back = store.explain(gone).orElseThrow();
    assertThat(back.departure()).isEmpty();
    assertThat(back.standing().orElseThrow().list())
        .as("what came back is proven at once")
        .isEqualTo(SegmentName.PROVEN);
    assertThat(back.standing().orElseThrow().frequency()).isEqualTo(2);
    reopen();
    assertThat(standing(gone).list()).isEqualTo(SegmentName.PROVEN);
  }

  @Test
  void tellsOfWhatWasRefusedAndAdmitsItTheNextTimeAlsoAfterARestart() throws Exception {
    for (int i = 0; i < 8; i++) {
      fill(store, bytes(i, LARGE));
    }
    Digest huge = Digest.sha256(bytes(100, 400_000));
    PartialBlob partial = store.begin(huge);
    assertThat(partial.admits(400_000, false)).isFalse();
    partial.discard();
    assertThat(store.statistics().refused()).isEqualTo(1);
    assertThat(reason(huge)).isEqualTo(Reason.REFUSED);
    reopen();

    assertThat(reason(huge)).isEqualTo(Reason.REFUSED);
    partial = store.begin(huge);
    assertThat(partial.admits(400_000, false)).isTrue();
    partial.discard();
  }

  @Test
  void tellsOfWhatAnOperatorEvictedAndOfSmallContentAndOfDamage() throws Exception {
    Digest layer = fill(store, bytes(1, LARGE));
    Digest damaged = fill(store, bytes(2, LARGE));
    Digest small = put(store, bytes(3, 100));
    store.evict(layer, Reason.OPERATOR);
    store.evict(small, Reason.OPERATOR);
    Files.delete(Contents.complete(root, damaged));
    assertThat(store.open(damaged)).isEmpty();
    reopen();

    assertThat(reason(layer)).isEqualTo(Reason.OPERATOR);
    assertThat(reason(small)).isEqualTo(Reason.OPERATOR);
    assertThat(reason(damaged)).isEqualTo(Reason.DAMAGED);
    assertThat(store.explain(layer).orElseThrow().standing()).isEmpty();

    fill(store, bytes(1, LARGE));
    put(store, bytes(3, 100));
    reopen();
    assertThat(store.explain(layer).orElseThrow().departure()).isEmpty();
    assertThat(store.explain(small).orElseThrow().departure()).isEmpty();
  }

  @Test
  void tellsWhatImagesContentBelongsToAlsoAfterARestart() throws Exception {
    Digest base = fill(store, bytes(1, LARGE));
    Digest top = Digest.sha256(bytes(2, LARGE));
    Digest manifest = putImage(base, top);
    use(base, 1);
    assertThat(standing(base).stackState()).isEqualTo(StackState.PARTIAL);

    fill(store, bytes(2, LARGE));
    assertThat(standing(base).stackState()).isEqualTo(StackState.COMPLETE);
    reopen();
    assertThat(standing(top).stackState()).isEqualTo(StackState.COMPLETE);

    store.evict(manifest, Reason.OPERATOR);
    use(base, 3);
    assertThat(standing(base).stackState()).isEqualTo(StackState.NONE);
    reopen();
    assertThat(standing(base).stackState()).isEqualTo(StackState.NONE);
  }

  /** A manifest may be asked for as a blob first, when nothing tells that it is one. */
  @Test
  void learnsOfAnImageWhoseManifestCameAsABlob() throws Exception {
    Digest base = fill(store, bytes(1, LARGE));
    byte[] document = image(base, base);
    Digest manifest = fill(store, document);
    use(base, 1);
    assertThat(standing(base).stackState()).isEqualTo(StackState.NONE);

    store.put(manifest, document, MediaType.OCI_MANIFEST, ContentInfo.Origin.PUBLIC, List.of());
    use(base, 2);
    assertThat(standing(base).stackState()).isEqualTo(StackState.COMPLETE);
    reopen();
    assertThat(standing(base).stackState()).isEqualTo(StackState.COMPLETE);
  }

  private Digest putImage(Digest... layers) throws Exception {
    return put(store, image(layers));
  }

  private static byte[] image(Digest... layers) {
    StringBuilder list = new StringBuilder();
    for (Digest layer : layers) {
      list.append(list.isEmpty() ? "" : ",").append(descriptor(layer, LARGE));
    }
    String document =
        """
        {"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}\
        """
            .formatted(MediaType.OCI_MANIFEST, descriptor(Digest.sha256(bytes(9, 9)), 1_000), list);
    return document.getBytes(StandardCharsets.UTF_8);
  }

  private static String descriptor(Digest digest, long size) {
    return """
    {"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"%s","size":%d}\
    """
        .formatted(digest, size);
  }

  private Reason reason(Digest digest) throws StoreException {
    return store.explain(digest).orElseThrow().departure().orElseThrow().reason();
  }

  private Standing standing(Digest digest) throws StoreException {
    return store.explain(digest).orElseThrow().standing().orElseThrow();
  }

  /** Notes a use, and waits until the policy knows of it and of all before it. */
  private void use(Digest digest, int client) throws Exception {
    double before = store.explain(digest).orElseThrow().standing().orElseThrow().frequency();
    store.used(digest, 1_000 + client);
    org.awaitility.Awaitility.await().until(() -> standing(digest).frequency() > before);
  }

  private void reopen() throws StoreException {
    store.close();
    store = Contents.open(root);
  }
}

package io.outcrop.storage;

import static io.outcrop.storage.Contents.bytes;
import static io.outcrop.storage.Contents.fill;
import static io.outcrop.storage.Contents.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.oci.Digest;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StoreAuditTest {

  @TempDir Path root;
  private ContentStore store;

  @BeforeEach
  void open() throws StoreException {
    store = Contents.open(root, 8 << 20);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void findsAStoreThatIsOpenInOrder() throws Exception {
    Digest large = fill(store, bytes(1, 100_000));
    Digest small = put(store, bytes(2, 1_000));
    PartialBlob partial = store.begin(Digest.sha256(bytes(3, 1)));
    partial.append(ByteBuffer.wrap(bytes(3, 5_000)));

    StoreAudit audit = StoreAudit.of(root);

    assertThat(audit.isConsistent()).isTrue();
    assertThat(audit.entries()).isEqualTo(Map.of(large, 100_000L, small, 1_000L));
    assertThat(audit.partials()).containsExactly(Contents.partial(root, partial.digest()));
    assertThat(audit.bytes()).isEqualTo(106_000);
    assertThat(StoreAudit.fileBytes(root)).isEqualTo(105_000);
    partial.discard();
  }

  @Test
  void findsWhatIsNot() throws Exception {
    Digest missing = fill(store, bytes(1, 100_000));
    Digest cut = fill(store, bytes(2, 100_000));
    Digest lost = put(store, bytes(3, 1_000));
    Digest orphan = Digest.sha256(bytes(4, 1));
    Files.delete(Contents.complete(root, missing));
    Files.write(Contents.complete(root, cut), bytes(2, 10));
    Files.write(Contents.complete(root, orphan), bytes(4, 1));
    Path stray = Files.writeString(root.resolve("fills/document-1"), "x");
    Path notOurs = Files.writeString(root.resolve("quarantine/x"), "x");
    store.close();
    try (MetadataStore metadata = MetadataStore.open(root.resolve("db"))) {
      metadata.write(new Batch().delete(Table.BODY, ContentStore.key(lost)));
    }

    StoreAudit audit = StoreAudit.of(root);

    assertThat(audit.isConsistent()).isFalse();
    assertThat(audit.missing()).containsExactly(missing);
    assertThat(audit.wrong()).containsExactlyInAnyOrder(cut, lost);
    assertThat(audit.orphans()).containsExactly(Contents.complete(root, orphan));
    assertThat(audit.strays()).containsExactlyInAnyOrder(stray, notOurs);
  }

  @Test
  void changesNothing() throws Exception {
    put(store, bytes(3, 1_000));
    store.close();
    Files.writeString(root.resolve("fills/document-1"), "x");
    String before = listing();

    StoreAudit.of(root);

    assertThat(listing()).isEqualTo(before);
  }

  @Test
  void saysThatThereIsNoStore() {
    assertThatThrownBy(() -> StoreAudit.of(root.resolve("nowhere")))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("nowhere");
  }

  private String listing() throws Exception {
    try (Stream<Path> files = Files.walk(root)) {
      StringBuilder all = new StringBuilder();
      for (Path file : files.sorted().toList()) {
        all.append(file)
            .append(' ')
            .append(Files.getLastModifiedTime(file))
            .append(' ')
            .append(Files.size(file))
            .append('\n');
      }
      return all.toString();
    }
  }
}

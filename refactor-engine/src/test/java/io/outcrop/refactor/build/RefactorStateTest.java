package io.outcrop.refactor.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import io.outcrop.refactor.LayerFixture;
import io.outcrop.refactor.compress.Packing;
import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.plan.GroupKey;
import io.outcrop.refactor.scan.LayerIndex;
import io.outcrop.refactor.tar.RawTar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RefactorStateTest {

  private static final Digest BLOB = Digest.sha256(new byte[] {1});
  private static final LayerKey KEY =
      new LayerKey(new GroupKey(ContentHash.of(new byte[] {2})), Packing.GZIP);
  private static final BuiltLayer LAYER =
      new BuiltLayer(ContentHash.of(new byte[] {3}), 4, Digest.sha256(new byte[] {5}), 6);

  @TempDir private Path directory;

  private static LayerIndex index(int files) throws IOException {
    RawTar archive = new RawTar();
    for (int i = 0; i < files; i++) {
      archive.file("f" + i, "");
    }
    return LayerFixture.layer(archive);
  }

  @Test
  void bothKeepWhatTheyAreGiven() throws IOException {
    for (RefactorState state :
        List.of(new MemoryRefactorState(100), new DirectoryRefactorState(directory, 100))) {
      assertThat(state.index(BLOB)).isEmpty();
      assertThat(state.built(KEY)).isEmpty();
      LayerIndex index = index(3);
      state.putIndex(BLOB, index);
      state.putBuilt(KEY, LAYER);
      assertThat(state.index(BLOB)).hasValueSatisfying(i -> assertThat(i.size()).isEqualTo(3));
      assertThat(state.built(KEY)).hasValue(LAYER);
      assertThat(state.built(new LayerKey(KEY.group(), Packing.ZSTD))).isEmpty();
    }
  }

  @Test
  void memoryKeepsTheIndexesUsedLast() throws IOException {
    MemoryRefactorState state = new MemoryRefactorState(10);
    Digest other = Digest.sha256(new byte[] {7});
    Digest third = Digest.sha256(new byte[] {8});
    state.putIndex(BLOB, index(4));
    state.putIndex(other, index(4));
    assertThat(state.index(BLOB)).isPresent();
    state.putIndex(third, index(4));
    assertThat(state.index(other)).isEmpty();
    assertThat(state.index(BLOB)).isPresent();
    assertThat(state.index(third)).isPresent();
  }

  @Test
  void theDirectoryOutlivesTheProcess() throws IOException {
    DirectoryRefactorState before = new DirectoryRefactorState(directory, 100);
    before.putIndex(BLOB, index(5));
    before.putBuilt(KEY, LAYER);
    DirectoryRefactorState after = new DirectoryRefactorState(directory, 100);
    assertThat(after.index(BLOB)).hasValueSatisfying(i -> assertThat(i.size()).isEqualTo(5));
    assertThat(after.built(KEY)).hasValue(LAYER);
  }

  @Test
  void damagedFilesCountAsNoneAndAreReplaced() throws IOException {
    DirectoryRefactorState before = new DirectoryRefactorState(directory, 100);
    before.putIndex(BLOB, index(5));
    before.putBuilt(KEY, LAYER);
    List<Path> files;
    try (var all = Files.walk(directory)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    assertThat(files).hasSize(2);
    for (Path file : files) {
      Files.writeString(file, "damaged");
    }
    DirectoryRefactorState after = new DirectoryRefactorState(directory, 0);
    assertThat(after.index(BLOB)).isEmpty();
    assertThat(after.built(KEY)).isEmpty();
    after.putIndex(BLOB, index(5));
    after.putBuilt(KEY, LAYER);
    assertThat(after.index(BLOB)).isPresent();
    assertThat(after.built(KEY)).hasValue(LAYER);
  }
}

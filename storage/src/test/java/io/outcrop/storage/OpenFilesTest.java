package io.outcrop.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OpenFilesTest {

  private static final Digest DIGEST = Digest.sha256(new byte[] {1});
  private static final Digest OTHER = Digest.sha256(new byte[] {2});

  @TempDir Path folder;

  @Test
  void revokesWhatWasOpenAtAnInstant_andNothingOpenedSince() throws Exception {
    OpenFiles files = new OpenFiles((digest, cause) -> {});
    BlobFile before = files.add(DIGEST, channel(), () -> {});
    BlobFile other = files.add(OTHER, channel(), () -> {});
    BlobFile closed = files.add(DIGEST, channel(), () -> {});
    closed.close();
    long mark = files.mark();
    BlobFile since = files.add(DIGEST, channel(), () -> {});

    files.revoke(DIGEST, mark);

    assertThat(before.isRevoked()).isTrue();
    assertThat(other.isRevoked()).isFalse();
    assertThat(closed.isRevoked()).isFalse();
    assertThat(since.isRevoked()).isFalse();
    before.close();
    other.close();
    since.close();
  }

  private FileChannel channel() throws Exception {
    return FileChannel.open(Files.write(folder.resolve("file"), new byte[10]));
  }
}

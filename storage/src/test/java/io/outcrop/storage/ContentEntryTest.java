package io.outcrop.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who may read an entry, and who is the last to let go of it. */
final class ContentEntryTest {

  private final ContentEntry entry =
      new ContentEntry(1, false, ContentInfo.Origin.PUBLIC, Optional.empty(), 0);

  @Test
  void aReaderWhoLeavesBeforeTheRemovalIsDoneIsNotTheLast() {
    assertThat(entry.acquire()).isTrue();
    assertThat(entry.condemn()).isTrue();

    assertThat(entry.release()).isFalse();
    assertThat(entry.release()).as("the one who removes it").isTrue();
  }

  @Test
  void aReaderWhoStaysIsTheLast() {
    assertThat(entry.acquire()).isTrue();
    assertThat(entry.condemn()).isTrue();

    assertThat(entry.release()).as("the one who removes it").isFalse();
    assertThat(entry.release()).isTrue();
  }

  @Test
  void isTakenOutOfUseOnceAndTakesNoReadersThen() {
    assertThat(entry.condemn()).isTrue();

    assertThat(entry.condemn()).isFalse();
    assertThat(entry.condemnIfIdle()).isFalse();
    assertThat(entry.acquire()).isFalse();
    assertThat(entry.isCondemned()).isTrue();
  }

  @Test
  void isNotTakenOutOfUseForRoomWhileItIsRead() {
    assertThat(entry.acquire()).isTrue();
    assertThat(entry.condemnIfIdle()).isFalse();
    assertThat(entry.release()).isFalse();
    assertThat(entry.condemnIfIdle()).isTrue();
  }
}

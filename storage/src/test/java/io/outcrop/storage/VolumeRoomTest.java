package io.outcrop.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class VolumeRoomTest {

  private static final long KEEP_FREE = 100;

  private long usable = 1_000;
  private boolean broken;
  private long nanos = Long.MAX_VALUE - 5; // Such clocks may run over.
  private final VolumeRoom room = new VolumeRoom(this::usableBytes, KEEP_FREE, () -> nanos);

  @Test
  void contentMayTakeWhatItHasAndWhatIsFreeButForWhatIsToStayFree() {
    assertThat(room.bound(0)).isEqualTo(900);
    usable = 400;
    assertThat(room.bound(600)).as("content took it").isEqualTo(900);
    usable = 50;
    assertThat(room.bound(600)).as("others took 350").isEqualTo(550);
    usable = 0;
    assertThat(room.bound(50)).as("others took nearly all").isZero();
  }

  @Test
  void looksAtMostOnceASecond() {
    assertThat(room.isDue()).isTrue();
    room.bound(0);
    assertThat(room.isDue()).isFalse();
    nanos += 999_999_999;
    assertThat(room.isDue()).isFalse();
    nanos++;
    assertThat(room.isDue()).isTrue();
  }

  @Test
  void isNeverDueWhereNothingIsToStayFree() throws IOException {
    VolumeRoom careless = new VolumeRoom(this::usableBytes, 0, () -> nanos);
    broken = true;

    assertThat(careless.isDue()).isFalse();
    careless.watch(10, () -> usable += 10);
    assertThat(usable).isEqualTo(1_010);
  }

  /** Else what is deleted would seem to be lost, and more be deleted, on and on. */
  @Test
  void countsAsFreeWhatAFileSystemFreesOnlyLater() throws IOException {
    usable = 150;
    room.watch(300, () -> {});
    room.watch(100, () -> {});
    room.watch(100, () -> {});
    assertThat(room.bound(300)).isEqualTo(300 + 150 + 500 - KEEP_FREE);
    nanos += Duration.ofSeconds(20).toNanos();
    room.watch(100, () -> {});
    assertThat(room.bound(200)).isEqualTo(200 + 150 + 600 - KEEP_FREE);

    usable = 750;
    nanos += Duration.ofSeconds(36).toNanos();
    assertThat(room.bound(200)).isEqualTo(200 + 750 - KEEP_FREE);
  }

  @Test
  void isNotMisledByOthersWhoWriteWhileItDeletes() throws IOException {
    usable = 150;
    room.watch(300, () -> {});
    room.watch(300, () -> {});
    assertThat(room.bound(0)).isEqualTo(50);
    room.watch(300, () -> usable += 300);
    room.watch(300, () -> {});
    room.watch(300, () -> {});
    assertThat(room.bound(0)).isEqualTo(350);
  }

  @Test
  void countsNothingTwiceWhereItIsFreeAtOnce() throws IOException {
    room.watch(500, () -> usable += 500);
    assertThat(room.bound(0)).isEqualTo(1_400);
  }

  @Test
  void setsNoBoundWhereTheVolumeCannotBeAsked() {
    broken = true;
    assertThat(room.bound(0)).isEqualTo(Long.MAX_VALUE);
  }

  private long usableBytes() throws IOException {
    if (broken) {
      throw new IOException("stale handle");
    }
    return usable;
  }
}

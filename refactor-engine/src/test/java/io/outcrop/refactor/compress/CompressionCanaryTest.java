package io.outcrop.refactor.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.model.RefusedException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class CompressionCanaryTest {

  static Stream<Packing> packings() {
    return Stream.of(
            Stream.of(Packing.NONE),
            IntStream.rangeClosed(1, 9).mapToObj(level -> new Packing(Compression.GZIP, level)),
            IntStream.rangeClosed(1, 19).mapToObj(level -> new Packing(Compression.ZSTD, level)))
        .flatMap(packings -> packings);
  }

  @ParameterizedTest
  @MethodSource("packings")
  void thisJavaCompressesAsOthersDo(Packing packing) throws RefusedException {
    CompressionCanary.check(packing);
  }

  @Test
  void noticesAnotherLevel() {
    String ofAnother = CanaryHashes.expected(new Packing(Compression.GZIP, 5));
    RefusedException refused =
        catchThrowableOfType(
            RefusedException.class, () -> CompressionCanary.check(Packing.GZIP, ofAnother));
    assertThat(refused.reason()).isEqualTo(Reason.COMPRESSION_CANARY);
    assertThat(refused).hasMessageContaining("GZIP-6").hasMessageContaining(ofAnother);
  }

  @Test
  void refusesLevelsThatAFormatDoesNotHave() {
    assertThatThrownBy(() -> new Packing(Compression.GZIP, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1..9");
    assertThatThrownBy(() -> new Packing(Compression.NONE, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Packing(Compression.ZSTD, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

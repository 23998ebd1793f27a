package io.outcrop.refactor.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReasonTest {

  @Test
  void isOfImage_unlessItLiesInTheMachine() {
    List<Reason> others = Arrays.stream(Reason.values()).filter(r -> !r.isOfImage()).toList();

    assertThat(others)
        .containsExactlyInAnyOrder(
            Reason.NO_ROOM, Reason.COMPRESSION_CANARY, Reason.CONTENT_MISSING);
  }

  @Test
  void code_isTheNameInSmallLettersWithDashes() {
    assertThat(Reason.DIFF_ID_MISMATCH.code()).isEqualTo("diff-id-mismatch");
  }
}

package io.outcrop.refactor.plan;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.refactor.LayerFixture;
import io.outcrop.refactor.tar.RawTar;
import io.outcrop.refactor.view.View;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PlanCheckTest {

  private static final FileContents NO_CONTENTS = (entries, visitor) -> {};

  private static View view() throws IOException {
    return LayerFixture.view(new RawTar().directory("d").file("d/a", "1").file("d/b", "2"));
  }

  /** Asks for the directory and its first file, the second being taken. */
  private static PlanRequest part(View view) {
    BitSet entries = new BitSet();
    entries.set(0, 2);
    return new PlanRequest(view, NO_CONTENTS, 2, EntrySet.of(entries));
  }

  private static Plan plan(int[] shared, int... top) {
    return new Plan(List.of(new Group("shared", shared)), new Group("top", top), Map.of());
  }

  @Test
  void acceptsAPlanOfWhatIsAskedFor() throws IOException {
    PlanRequest request = part(view());
    assertThatCode(() -> PlanCheck.check(request, plan(new int[] {1}, 0)))
        .doesNotThrowAnyException();
  }

  @Test
  void refusesAPlanThatLeavesOutWhatIsAskedFor() throws IOException {
    PlanRequest request = part(view());
    assertThatThrownBy(() -> PlanCheck.check(request, plan(new int[] {1})))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("d is in no group");
  }

  @Test
  void refusesAPlanOfWhatIsNotAskedFor() throws IOException {
    PlanRequest request = part(view());
    assertThatThrownBy(() -> PlanCheck.check(request, plan(new int[] {1}, 0, 2)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("d/b is in top");
  }

  @Test
  void refusesARequestForWhatIsNotInTheView() throws IOException {
    View view = view();
    assertThatThrownBy(() -> new PlanRequest(view, NO_CONTENTS, 2, EntrySet.all(4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("entry: 3 (expected: < 3)");
  }
}

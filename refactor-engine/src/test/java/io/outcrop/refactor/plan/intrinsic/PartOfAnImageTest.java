package io.outcrop.refactor.plan.intrinsic;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.refactor.LayerFixture;
import io.outcrop.refactor.plan.EntrySet;
import io.outcrop.refactor.plan.Group;
import io.outcrop.refactor.plan.Plan;
import io.outcrop.refactor.plan.PlanCheck;
import io.outcrop.refactor.plan.PlanRequest;
import io.outcrop.refactor.tar.RawTar;
import io.outcrop.refactor.view.View;
import java.io.ByteArrayInputStream;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

/** What another planner has taken already is in no group, and counts for no threshold. */
final class PartOfAnImageTest {

  private static Plan plan(View view, BitSet wanted) throws Exception {
    PlanRequest request =
        new PlanRequest(
            view,
            (entries, visitor) -> {
              for (int entry : entries) {
                visitor.file(entry, new ByteArrayInputStream(new byte[0]));
              }
            },
            100,
            EntrySet.of(wanted));
    Plan plan = new IntrinsicPlanner(PlannedImage.SMALL).plan(request);
    PlanCheck.check(request, plan);
    return plan;
  }

  @Test
  void plansOnlyWhatItIsAskedFor() throws Exception {
    View view =
        LayerFixture.view(
            new RawTar()
                .directory("opt")
                .directory("opt/a")
                .file("opt/a/x", "x".repeat(3000))
                .file("opt/a/y", "y".repeat(3000))
                .file("opt/big", "b".repeat(9000))
                .hardLink("opt/zbig", "opt/big")
                .file("opt/other", "o".repeat(9001)));
    BitSet all = new BitSet();
    all.set(0, view.size());
    assertThat(plan(view, all).shared()).hasSize(3);

    BitSet part = (BitSet) all.clone();
    for (int entry = 0; entry < view.size(); entry++) {
      String path = view.path(entry).toString();
      if (path.equals("opt/a/x") || path.equals("opt/big") || path.equals("opt/zbig")) {
        part.clear(entry);
      }
    }
    Plan plan = plan(view, part);
    assertThat(plan.shared().stream().mapToInt(Group::size).sum() + plan.top().size())
        .isEqualTo(part.cardinality());
    assertThat(plan.shared())
        .anySatisfy(group ->
            assertThat(group.entries().mapToObj(view::path).map(Object::toString))
                .containsExactly("opt/other"));
  }
}

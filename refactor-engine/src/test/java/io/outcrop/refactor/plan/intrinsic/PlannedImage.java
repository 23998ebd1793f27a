package io.outcrop.refactor.plan.intrinsic;

import io.outcrop.refactor.Analysis;
import io.outcrop.refactor.EngineOptions;
import io.outcrop.refactor.MemoryContents;
import io.outcrop.refactor.RefactorEngine;
import io.outcrop.refactor.RefactorProgress;
import io.outcrop.refactor.TestImage;
import io.outcrop.refactor.build.MemoryRefactorState;
import io.outcrop.refactor.compress.Packing;
import io.outcrop.refactor.model.Cancellation;
import io.outcrop.refactor.model.Limits;
import io.outcrop.refactor.plan.Group;
import io.outcrop.refactor.plan.GroupKey;
import io.outcrop.refactor.plan.Plan;
import io.outcrop.refactor.tar.RawTar;
import io.outcrop.refactor.view.View;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** An image of archives made by hand, and the plan of it, which is checked. */
record PlannedImage(View view, Plan plan) {

  /** A threshold that is easily reached: 4 KiB for a layer, and for a big file. */
  static final IntrinsicOptions SMALL = new IntrinsicOptions(4096, 8192, 1);

  static PlannedImage of(RawTar... layers) throws IOException {
    return of(SMALL, 100, layers);
  }

  static PlannedImage of(IntrinsicOptions options, int maxLayers, RawTar... layers)
      throws IOException {
    MemoryContents contents = new MemoryContents();
    TestImage image = new TestImage(contents).packing(Packing.NONE).layers(layers);
    RefactorEngine engine =
        new RefactorEngine(
            new EngineOptions(Limits.DEFAULT, 1, Path.of("unused"), 1), new MemoryRefactorState(0));
    Analysis analysis =
        engine.analyse(
            image.write(),
            image.mediaType(),
            contents,
            Cancellation.untilCancelled(),
            RefactorProgress.NONE);
    Plan plan = RefactorEngine.plan(analysis, new IntrinsicPlanner(options), maxLayers);
    return new PlannedImage(analysis.view(), plan);
  }

  /** The groups, the private one last: what they are called, and the paths in them. */
  Map<String, List<String>> groups() {
    Map<String, List<String>> groups = new LinkedHashMap<>();
    all()
        .forEach(group ->
            groups.merge(
                group.name(),
                group.entries().mapToObj(view::path).map(Object::toString).toList(),
                (one, other) -> Stream.concat(one.stream(), other.stream()).toList()));
    return groups;
  }

  List<String> names() {
    return all().map(Group::name).toList();
  }

  /** The paths of a group. */
  List<String> group(String name) {
    return groups().getOrDefault(name, List.of());
  }

  /** What the group is called that a path is in. */
  String groupOf(String path) {
    List<String> found = new ArrayList<>();
    groups()
        .forEach((name, paths) -> {
          if (paths.contains(path)) {
            found.add(name);
          }
        });
    return found.isEmpty() ? "absent" : String.join(", ", found);
  }

  GroupKey key(String name) {
    return all()
        .filter(group -> group.name().equals(name))
        .map(group -> GroupKey.of(view, group))
        .findFirst()
        .orElseThrow();
  }

  private Stream<Group> all() {
    return Stream.concat(plan.shared().stream(), Stream.of(plan.top()));
  }
}

package io.outcrop.refactor.layout;

import io.outcrop.refactor.Analysis;
import io.outcrop.refactor.Outcome;
import io.outcrop.refactor.RefactorEngine;
import io.outcrop.refactor.RefactorProgress;
import io.outcrop.refactor.build.BuiltLayer;
import io.outcrop.refactor.build.LayerKey;
import io.outcrop.refactor.build.LayerTypes;
import io.outcrop.refactor.build.LayoutContents;
import io.outcrop.refactor.build.RefactorState;
import io.outcrop.refactor.compress.Packing;
import io.outcrop.refactor.model.Cancellation;
import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.model.RefusedException;
import io.outcrop.refactor.plan.Group;
import io.outcrop.refactor.plan.GroupKey;
import io.outcrop.refactor.plan.Plan;
import io.outcrop.refactor.report.Estimate;
import io.outcrop.refactor.report.ImageStrata;
import io.outcrop.refactor.report.PackedSizes;
import io.outcrop.refactor.report.Stratum;
import io.outcrop.storage.layout.LayoutException;
import io.outcrop.storage.layout.OciLayout;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tells what refactoring images of a layout would bring: layers are read, and nothing is written.
 * One thread at a time.
 */
public final class LayoutEstimate {

  private final OciLayout layout;
  private final LayoutContents contents;
  private final RefactorEngine engine;
  private final RefactorState state;
  private final LayoutRules rules;
  private final List<ImageStrata> before = new ArrayList<>();
  private final List<ImageStrata> after = new ArrayList<>();
  private final List<ImageStrata> served = new ArrayList<>();
  private final Map<String, Outcome.PassThrough> left = new LinkedHashMap<>();

  /**
   * @param engine whose state writes nothing
   * @param state that state
   */
  public LayoutEstimate(
      OciLayout layout, RefactorEngine engine, RefactorState state, LayoutRules rules) {
    this.layout = layout;
    this.contents = new LayoutContents(layout);
    this.engine = engine;
    this.state = state;
    this.rules = rules;
  }

  /**
   * Takes one more entry into account.
   *
   * @throws IOException if the layout cannot be read, or the work was cancelled
   */
  public void add(LayoutImage image, Cancellation cancellation, RefactorProgress progress)
      throws IOException {
    try {
      Optional<LayoutImage> standing = LayoutImages.of(layout.index()).refactored(image);
      served.addAll(LayoutStrata.of(layout, standing.orElse(image)));
      List<PlatformImage> parts = PlatformImages.of(layout, image.entry());
      for (PlatformImage part : parts) {
        add(LayoutStrata.name(image.label(), part, parts.size() > 1), part, cancellation, progress);
      }
    } catch (LayoutException e) {
      left.put(image.label(), missing(e));
    }
  }

  private void add(
      String name, PlatformImage part, Cancellation cancellation, RefactorProgress progress)
      throws IOException {
    try {
      byte[] manifest = layout.document(part.manifest());
      if (part.manifest().mediaType().isImage()) {
        before.add(new ImageStrata(name, LayoutStrata.layers(layout, part.manifest())));
      }
      Analysis analysis =
          engine.analyse(manifest, part.manifest().mediaType(), contents, cancellation, progress);
      Plan plan = RefactorEngine.plan(analysis, rules.planner(), rules.maxLayers());
      after.add(new ImageStrata(name, strata(analysis, plan)));
    } catch (RefusedException e) {
      left.put(name, new Outcome.PassThrough(e.reason(), String.valueOf(e.getMessage())));
      before.stream().filter(image -> image.image().equals(name)).forEach(after::add);
    } catch (LayoutException e) {
      left.put(name, missing(e));
      before.removeIf(image -> image.image().equals(name));
    }
  }

  private static Outcome.PassThrough missing(LayoutException e) {
    return new Outcome.PassThrough(Reason.CONTENT_MISSING, String.valueOf(e.getMessage()));
  }

  private List<Stratum> strata(Analysis analysis, Plan plan) throws IOException {
    Packing packing = LayerTypes.allowed(rules.packing(), analysis.image().isDocker());
    PackedSizes sizes = new PackedSizes(analysis.view(), analysis.image().layers(), packing);
    List<Group> groups = new ArrayList<>(plan.shared());
    groups.add(plan.top());
    List<Stratum> strata = new ArrayList<>();
    for (Group group : groups) {
      LayerKey key = new LayerKey(GroupKey.of(analysis.view(), group), packing);
      Optional<BuiltLayer> built = state.built(key);
      strata.add(
          built
              .map(layer ->
                  new Stratum(
                      layer.blob().toString(),
                      layer.diffId().toString(),
                      layer.blobLength(),
                      group.name()))
              .orElseGet(() ->
                  new Stratum(
                      key.toString(), key.toString(), sizes.estimate(group), group.name())));
    }
    return strata;
  }

  /** What refactoring all that was added would bring. */
  public Estimate estimate() {
    return new Estimate(before, after, served);
  }

  /** What would be left as it is, and why; by the names of images. */
  public Map<String, Outcome.PassThrough> left() {
    return Map.copyOf(left);
  }
}

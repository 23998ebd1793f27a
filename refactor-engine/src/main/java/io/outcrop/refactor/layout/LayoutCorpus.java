package io.outcrop.refactor.layout;

import io.outcrop.refactor.Outcome;
import io.outcrop.refactor.RefactorEngine;
import io.outcrop.refactor.RefactorProgress;
import io.outcrop.refactor.build.LayoutContents;
import io.outcrop.refactor.model.Cancellation;
import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.model.RefusedException;
import io.outcrop.refactor.plan.epoch.Corpus;
import io.outcrop.refactor.view.View;
import io.outcrop.storage.layout.LayoutException;
import io.outcrop.storage.layout.OciLayout;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Images of a layout, for learning an epoch from. One thread at a time. */
public final class LayoutCorpus implements Corpus {

  private final OciLayout layout;
  private final LayoutContents contents;
  private final RefactorEngine engine;
  private final Cancellation cancellation;
  private final List<PlatformImage> images = new ArrayList<>();
  private final Map<String, Outcome.PassThrough> left = new LinkedHashMap<>();

  /**
   * @param engine which keeps what it finds out, as each image is looked at more than once
   */
  public LayoutCorpus(OciLayout layout, RefactorEngine engine, Cancellation cancellation) {
    this.layout = layout;
    this.contents = new LayoutContents(layout);
    this.engine = engine;
    this.cancellation = cancellation;
  }

  /**
   * Takes in the images behind an entry that can be refactored.
   *
   * @throws IOException if the layout cannot be read, or the work was cancelled
   */
  public void add(LayoutImage image, RefactorProgress progress) throws IOException {
    try {
      List<PlatformImage> parts = PlatformImages.of(layout, image.entry());
      for (PlatformImage part : parts) {
        add(LayoutStrata.name(image.label(), part, parts.size() > 1), part, progress);
      }
    } catch (LayoutException e) {
      left.put(image.label(), missing(e));
    }
  }

  private void add(String name, PlatformImage part, RefactorProgress progress) throws IOException {
    try {
      View _ = view(part, progress);
      images.add(part);
    } catch (RefusedException e) {
      left.put(name, new Outcome.PassThrough(e.reason(), String.valueOf(e.getMessage())));
    } catch (LayoutException e) {
      left.put(name, missing(e));
    }
  }

  private static Outcome.PassThrough missing(LayoutException e) {
    return new Outcome.PassThrough(Reason.CONTENT_MISSING, String.valueOf(e.getMessage()));
  }

  /** What cannot be refactored, and so is no part of this, and why; by the names of images. */
  public Map<String, Outcome.PassThrough> left() {
    return Map.copyOf(left);
  }

  @Override
  public int size() {
    return images.size();
  }

  @Override
  public View view(int image) throws IOException {
    return view(images.get(image), RefactorProgress.NONE);
  }

  private View view(PlatformImage image, RefactorProgress progress) throws IOException {
    return engine
        .analyse(
            layout.document(image.manifest()),
            image.manifest().mediaType(),
            contents,
            cancellation,
            progress)
        .view();
  }
}

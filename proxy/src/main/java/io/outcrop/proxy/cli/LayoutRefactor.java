package io.outcrop.proxy.cli;

import io.outcrop.refactor.RefactorEngine;
import io.outcrop.refactor.layout.LayoutEstimate;
import io.outcrop.refactor.layout.LayoutImage;
import io.outcrop.refactor.layout.LayoutImages;
import io.outcrop.refactor.layout.LayoutKnowledge;
import io.outcrop.refactor.layout.LayoutOutcome;
import io.outcrop.refactor.layout.LayoutRefactoring;
import io.outcrop.refactor.layout.LayoutRules;
import io.outcrop.refactor.layout.LayoutWorkspace;
import io.outcrop.refactor.model.Cancellation;
import io.outcrop.storage.layout.OciLayout;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/** {@code outcrop refactor} on an image layout. */
final class LayoutRefactor {

  private final Path folder;
  private final RefactorOptions options;
  private final List<String> names;
  private final boolean json;
  private final PrintStream out;

  /**
   * @param names of images; none for all
   */
  LayoutRefactor(
      Path folder, RefactorOptions options, List<String> names, boolean json, PrintStream out) {
    this.folder = folder;
    this.options = options;
    this.names = List.copyOf(names);
    this.json = json;
    this.out = out;
  }

  void run(Cancellation cancellation) throws IOException, CommandException {
    LayoutRules rules = options.rules();
    try (LayoutWorkspace workspace = LayoutWorkspace.open(folder);
        ProgressLine line = ProgressLine.onStandardError()) {
      OciLayout layout = workspace.layout();
      List<LayoutImage> images =
          LayoutOption.choose(LayoutImages.of(layout.index()), names, folder);
      LayoutRefactoring refactoring =
          new LayoutRefactoring(
              layout,
              new RefactorEngine(options.engine(workspace.temporary()), workspace.state()),
              rules);
      RefactorReport report = new RefactorReport(json, line, out);
      int number = 0;
      for (LayoutImage image : images) {
        String which = "%s (%d of %d)".formatted(image.label(), ++number, images.size());
        LayoutOutcome outcome =
            refactoring.refactor(image, cancellation, new RefactorLine(line, which));
        report.add(image, outcome, layout);
      }
      report.end();
      if (report.hasFailed(!names.isEmpty())) {
        throw new CommandException(Main.FAILED, report.failure());
      }
    }
  }

  void estimate(Cancellation cancellation) throws IOException, CommandException {
    LayoutRules rules = options.rules();
    try (OciLayout layout = OciLayout.open(folder);
        ProgressLine line = ProgressLine.onStandardError()) {
      List<LayoutImage> images =
          LayoutOption.choose(LayoutImages.of(layout.index()), names, folder);
      LayoutKnowledge knowledge = LayoutKnowledge.of(folder);
      Path unused = Path.of(System.getProperty("java.io.tmpdir"));
      LayoutEstimate estimate =
          new LayoutEstimate(
              layout, new RefactorEngine(options.engine(unused), knowledge), knowledge, rules);
      int number = 0;
      for (LayoutImage image : images) {
        String which = "%s (%d of %d)".formatted(image.label(), ++number, images.size());
        estimate.add(image, cancellation, new RefactorLine(line, which));
      }
      line.clear();
      EstimateReport.print(estimate.estimate(), estimate.left(), json, out);
    }
  }
}

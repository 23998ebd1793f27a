package io.outcrop.refactor.layout;

import io.outcrop.oci.Digest;
import io.outcrop.refactor.build.LayerIndexes;
import io.outcrop.refactor.build.LayoutContents;
import io.outcrop.refactor.model.Cancellation;
import io.outcrop.refactor.model.Limits;
import io.outcrop.refactor.model.RefusedException;
import io.outcrop.refactor.report.LayerContents;
import io.outcrop.refactor.report.Stratum;
import io.outcrop.refactor.scan.ScanProgress;
import io.outcrop.storage.layout.LayoutException;
import io.outcrop.storage.layout.OciLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Tells what is in layers of a layout, by what is known of them, or else by reading them. */
public final class LayoutContentsReader {

  private final LayoutContents contents;
  private final LayerIndexes indexes;
  private final Cancellation cancellation;

  /**
   * @param folder where the layout is
   */
  public LayoutContentsReader(OciLayout layout, Path folder, Cancellation cancellation)
      throws IOException {
    this.contents = new LayoutContents(layout);
    this.indexes = new LayerIndexes(LayoutKnowledge.of(folder), Limits.DEFAULT);
    this.cancellation = cancellation;
  }

  /**
   * What is in a layer; nothing of one that is not there, or cannot be read as a layer.
   *
   * @throws IOException if the layout cannot be read, or the work was cancelled
   */
  public Optional<LayerContents> read(Stratum stratum) throws IOException {
    try {
      return Optional.of(
          LayerContents.of(
              indexes.index(
                  Digest.parse(stratum.blob()), contents, cancellation, ScanProgress.NONE)));
    } catch (RefusedException | LayoutException _) {
      return Optional.empty();
    }
  }
}

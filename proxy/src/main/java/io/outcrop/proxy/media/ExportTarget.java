package io.outcrop.proxy.media;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/** Where images are exported to. */
public sealed interface ExportTarget {

  /**
   * A layout in a folder, which is made or added to.
   *
   * @param path the folder
   */
  record Folder(Path path) implements ExportTarget {}

  /**
   * A layout in a tar, which replaces what is there when it is whole.
   *
   * @param path the file
   */
  record TarFile(Path path) implements ExportTarget {}

  /**
   * A layout in a tar that somebody reads as it is written.
   *
   * @param out not closed
   */
  record Pipe(OutputStream out) implements ExportTarget {}

  /**
   * Exports images.
   *
   * @param verify whether to read what is there already and check it, rather than look at lengths
   * @throws IOException if the edge or the disk fails; what is whole stays, and is not written
   *     again
   */
  default ExportResult export(EdgeContent edge, ExportPlan plan, boolean verify, Watch watch)
      throws IOException {
    try (LayoutSink sink = open(verify)) {
      return new Exporter(edge, sink, watch).run(plan);
    }
  }

  private LayoutSink open(boolean verify) throws IOException {
    return switch (this) {
      case Folder(Path path) -> new FolderSink(path, verify);
      case TarFile(Path path) -> TarSink.file(path, verify);
      case Pipe(OutputStream out) -> TarSink.pipe(out);
    };
  }
}

package io.outcrop.proxy.media;

import io.outcrop.storage.layout.LayoutReader;
import io.outcrop.storage.layout.OciLayout;
import io.outcrop.storage.layout.TarLayout;
import io.outcrop.storage.layout.TarLayoutStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Optional;

/** Where images are imported from. */
public sealed interface ImportOrigin {

  /**
   * A layout in a folder, or in a tar.
   *
   * @param path the folder or file
   */
  record InPath(Path path) implements ImportOrigin {}

  /**
   * A layout in a tar that somebody writes as it is read.
   *
   * @param in not closed
   * @param spool folder for a file to keep it in, where its order does not let it be read as it
   *     comes
   */
  record Pipe(InputStream in, Path spool) implements ImportOrigin {}

  /**
   * How to import.
   *
   * @param names what the images are to be called
   * @param allPrivate whether not everybody may read these images, whatever the layout says
   * @param force whether to set tags whatever the edge knows of them
   */
  record Options(NameRule names, boolean allPrivate, boolean force) {}

  /**
   * Imports all images.
   *
   * @throws MediaException if the layout lacks something or has something wrong in it, or does not
   *     fit
   * @throws IOException if the layout cannot be read, or the edge fails; what is there stays, and
   *     is not sent again
   */
  default ImportResult importInto(EdgeContent edge, Options options, Watch watch)
      throws IOException {
    return switch (this) {
      case InPath(Path path) -> fromPath(path, edge, options, watch);
      case Pipe(InputStream in, Path spool) -> {
        BufferedInputStream buffered = new BufferedInputStream(in);
        yield TarLayoutStream.beginsWithIndex(buffered)
            ? fromStream(buffered, edge, options, watch)
            : fromSpool(buffered, spool, edge, options, watch);
      }
    };
  }

  private static ImportResult fromPath(Path path, EdgeContent edge, Options options, Watch watch)
      throws IOException {
    try (LayoutReader layout =
        Files.isDirectory(path) ? OciLayout.open(path) : TarLayout.open(path)) {
      DocumentSource documents =
          descriptor ->
              layout.size(descriptor.digest()).isPresent()
                  ? Optional.of(layout.document(descriptor))
                  : Optional.empty();
      ImportPlan plan =
          new ImportPlanner(documents, options.names, options.allPrivate)
              .plan(layout.index(), notToCome(layout.modified()));
      Importer importer = new Importer(edge, watch, options.force);
      importer.checkRoom(plan);
      return importer.run(plan, documents, new LayoutSupply(layout));
    }
  }

  private static ImportResult fromStream(
      InputStream in, EdgeContent edge, Options options, Watch watch) throws IOException {
    PipedLayout layout = new PipedLayout(new TarLayoutStream(in, "standard input"));
    ImportPlan plan =
        new ImportPlanner(layout, options.names, options.allPrivate)
            .plan(layout.index().index(), notToCome(layout.index().modified()));
    Importer importer = new Importer(edge, watch, options.force);
    importer.checkRoom(plan);
    return importer.run(plan, layout, layout);
  }

  private static ImportResult fromSpool(
      InputStream in, Path spool, EdgeContent edge, Options options, Watch watch)
      throws IOException {
    Path file = Files.createTempFile(spool, "outcrop-import-", ".tar");
    try {
      watch.say("kept in " + file + " while it is read, as its index does not come first");
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
      return fromPath(file, edge, options, watch);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static Instant notToCome(Instant modified) {
    Instant now = Instant.now();
    return modified.isAfter(now) ? now : modified;
  }
}

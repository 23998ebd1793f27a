package io.outcrop.proxy.cli;

import io.outcrop.refactor.layout.LayoutImage;
import io.outcrop.refactor.layout.LayoutImages;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Names an OCI image layout to work on, in place of an edge. */
final class LayoutOption {

  @Option(
      names = "--layout",
      paramLabel = "DIR",
      description = "Works on the OCI image layout in this folder; no edge is needed.")
  private @Nullable Path folder;

  /** Made by picocli, which sets the option. */
  LayoutOption() {}

  Optional<Path> folder() {
    return Optional.ofNullable(folder);
  }

  /** The folder, for a verb that has no other place to work on. */
  Path required() throws CommandException {
    return folder()
        .orElseThrow(() ->
            new CommandException(Main.BAD_COMMAND_LINE, "say which image layout: --layout DIR"));
  }

  /** The images of these names; without any name, all that were not made of others. */
  static List<LayoutImage> choose(LayoutImages images, List<String> names, Path folder)
      throws CommandException {
    if (names.isEmpty()) {
      return images.originals();
    }
    List<LayoutImage> chosen = new ArrayList<>();
    for (String name : names) {
      chosen.add(
          images
              .find(name)
              .orElseThrow(() ->
                  new CommandException(
                      Main.NOT_FOUND, folder + ": has no image '" + name + "'" + hint(images))));
    }
    return chosen;
  }

  private static String hint(LayoutImages images) {
    return images.all().isEmpty() ? "" : "; it has: " + names(images);
  }

  private static String names(LayoutImages images) {
    int most = 8;
    List<String> names = images.all().stream().map(LayoutImage::label).toList();
    return String.join(", ", names.subList(0, Math.min(most, names.size())))
        + (names.size() > most ? ", …" : "");
  }
}

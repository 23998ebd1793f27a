package io.outcrop.proxy.cli;

import io.outcrop.refactor.layout.LayoutContentsReader;
import io.outcrop.refactor.layout.LayoutImage;
import io.outcrop.refactor.layout.LayoutImages;
import io.outcrop.refactor.layout.LayoutStrata;
import io.outcrop.refactor.report.ImageStrata;
import io.outcrop.refactor.report.LayerContents;
import io.outcrop.refactor.report.Sharing;
import io.outcrop.refactor.report.Stratum;
import io.outcrop.storage.layout.LayoutException;
import io.outcrop.storage.layout.OciLayout;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code outcrop inspect}: the layers of an image, drawn as strata. */
@Command(
    name = "inspect",
    description = {
      "Shows the layers of an image: how large each is, what is in it, and which other images have"
          + " it too.",
      "The lowest layer is at the bottom."
    },
    mixinStandardHelpOptions = true)
final class InspectCommand implements Callable<Integer> {

  @Parameters(paramLabel = "IMAGE", arity = "1..*", description = "The images, by name or digest.")
  private List<String> images = List.of();

  @Mixin private LayoutOption layout = new LayoutOption();

  @Option(
      names = "--contents",
      description = "Reads the layers too, and tells how many files they have, and where most is.")
  private boolean contents;

  @Option(
      names = "--ascii",
      description = "Draws with plain characters, as it does where nobody looks at a terminal.")
  private boolean ascii;

  @Option(names = "--json", description = "Prints the result as JSON.")
  private boolean json;

  /** Made by picocli, which sets the options. */
  InspectCommand() {}

  @Override
  public Integer call() {
    return LayoutVerb.call(this::inspect, "interrupted");
  }

  private void inspect(Interruption interruption) throws IOException, CommandException {
    Path folder = layout.required();
    try (OciLayout opened = OciLayout.open(folder);
        ProgressLine line = ProgressLine.onStandardError()) {
      LayoutImages all = LayoutImages.of(opened.index());
      List<LayoutImage> chosen = LayoutOption.choose(all, images, folder);
      Sharing sharing = new Sharing(everything(opened, all));
      LayoutContentsReader reader =
          new LayoutContentsReader(opened, folder, interruption.cancellation());
      ArrayNode list = JsonMapper.shared().createArrayNode();
      for (LayoutImage image : chosen) {
        for (ImageStrata strata : LayoutStrata.of(opened, image)) {
          line.begin(image.label(), 0);
          Map<String, LayerContents> inside = contents ? read(reader, strata) : Map.of();
          line.clear();
          if (json) {
            list.add(document(image, strata, sharing, inside));
          } else {
            draw(image, strata, sharing, inside, System.out);
          }
        }
      }
      if (json) {
        AdminCommand.print(System.out, JsonMapper.shared().createObjectNode().set("images", list));
      }
    }
  }

  /** All images of the layout whose documents are there. */
  private static List<ImageStrata> everything(OciLayout layout, LayoutImages all)
      throws IOException {
    List<ImageStrata> strata = new ArrayList<>();
    for (LayoutImage image : all.all()) {
      try {
        strata.addAll(LayoutStrata.of(layout, image));
      } catch (LayoutException _) {
        // It shares nothing that could be told of; to name it shows what is wrong.
      }
    }
    return strata;
  }

  private static Map<String, LayerContents> read(LayoutContentsReader reader, ImageStrata image)
      throws IOException {
    Map<String, LayerContents> inside = new HashMap<>();
    for (Stratum stratum : image.strata()) {
      if (!inside.containsKey(stratum.blob())) {
        reader.read(stratum).ifPresent(found -> inside.put(stratum.blob(), found));
      }
    }
    return inside;
  }

  private void draw(
      LayoutImage image,
      ImageStrata strata,
      Sharing sharing,
      Map<String, LayerContents> inside,
      PrintStream out) {
    out.println(
        "%s %s: %s, %s, of which %s in other images too"
            .formatted(
                strata.image(),
                image.entry().digest(),
                Counts.of(strata.strata().size(), "layer"),
                Sizes.of(strata.bytes()),
                Sizes.of(sharing.sharedBytes(strata))));
    List<StrataDrawing.Layer> layers = new ArrayList<>();
    for (Stratum stratum : strata.strata()) {
      layers.add(
          new StrataDrawing.Layer(
              stratum.bytes(),
              title(stratum, Optional.ofNullable(inside.get(stratum.blob()))),
              sharing.others(strata, stratum)));
    }
    boolean plain = ascii || !Terminal.isShown();
    new StrataDrawing(Terminal.width(), plain).lines(layers).forEach(out::println);
  }

  private static String title(Stratum stratum, Optional<LayerContents> inside) {
    return inside
        .map(contents ->
            "%s, %s%s: %s"
                .formatted(
                    contents.entries() == 1 ? "1 entry" : contents.entries() + " entries",
                    Sizes.of(contents.bytes()),
                    contents.largest().isEmpty()
                        ? ""
                        : contents.largest().stream()
                            .map(LayerContents.Directory::path)
                            .collect(Collectors.joining(", ", " in ", "")),
                    stratum.title()))
        .orElse(stratum.title());
  }

  private static ObjectNode document(
      LayoutImage image, ImageStrata strata, Sharing sharing, Map<String, LayerContents> inside) {
    ObjectNode document =
        JsonMapper.shared()
            .createObjectNode()
            .put("image", strata.image())
            .put("digest", image.entry().digest().toString())
            .put("bytes", strata.bytes())
            .put("sharedBytes", sharing.sharedBytes(strata));
    ArrayNode list = document.putArray("layers");
    for (Stratum stratum : strata.strata()) {
      ObjectNode node =
          list.addObject()
              .put("digest", stratum.blob())
              .put("diffId", stratum.content())
              .put("bytes", stratum.bytes())
              .put("title", stratum.title());
      sharing.others(strata, stratum).forEach(node.putArray("sharedWith")::add);
      Optional.ofNullable(inside.get(stratum.blob())).ifPresent(contents -> put(node, contents));
    }
    return document;
  }

  private static void put(ObjectNode node, LayerContents contents) {
    node.put("entries", contents.entries())
        .put("removals", contents.removals())
        .put("unpackedBytes", contents.bytes());
    ArrayNode largest = node.putArray("largest");
    contents
        .largest()
        .forEach(directory ->
            largest.addObject().put("path", directory.path()).put("bytes", directory.bytes()));
  }
}

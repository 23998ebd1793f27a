package io.outcrop.bench.refactor;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Prints what a re-layering of a layout's images is to be compared with. */
final class References {

  private static final String USAGE =
      """
      usage: References [--bounds-only] [--tsv FILE] LAYOUT
      """;
  private static final String BEFORE = "-before";
  private static final List<Grouping> GROUPINGS =
      List.of(new LargestPackages(10), new LargestPackages(40), new BinnedPackages(64));

  private References() {}

  /** Reads the layout, prints a table. Contents are kept in the temporary directory meanwhile. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    boolean boundsOnly = false;
    String tsv = "";
    int next = 0;
    for (; next < arguments.length - 1; next++) {
      if (arguments[next].equals("--bounds-only")) {
        boundsOnly = true;
      } else if (arguments[next].equals("--tsv")) {
        tsv = arguments[++next];
      } else {
        break;
      }
    }
    if (next != arguments.length - 1 || arguments[next].startsWith("-")) {
      System.err.print(USAGE);
      System.exit(64);
    }
    ImageLayout layout = new ImageLayout(Path.of(arguments[next]));
    try (ContentSpool spool = new ContentSpool(Path.of(System.getProperty("java.io.tmpdir")))) {
      Corpus corpus = Corpus.read(layout, spool);
      System.out.printf(
          Locale.ROOT,
          "%d images, %d entries (%d different), %.0f MB of different contents%n%n",
          corpus.images().size(),
          corpus.trees().stream().mapToInt(List::size).sum(),
          corpus.differentEntries(),
          spool.bytes() / 1e6);
      List<Layering> layerings = layerings(corpus, spool, boundsOnly ? List.of() : GROUPINGS);
      List<Map<String, Double>> rows = new ArrayList<>();
      layerings.forEach(layering -> rows.add(measures(layering, corpus.images())));
      print(layerings, rows, System.out);
      if (!tsv.isEmpty()) {
        write(layerings, rows, Path.of(tsv));
      }
    }
  }

  private static List<Layering> layerings(
      Corpus corpus, ContentSpool spool, List<Grouping> groupings)
      throws IOException, InterruptedException {
    ArchiveSizes sizes = new ArchiveSizes(spool);
    List<Layering> layerings = new ArrayList<>();
    layerings.add(corpus.original());
    for (Identity identity : Identity.values()) {
      layerings.add(corpus.bound(identity, sizes));
    }
    for (Grouping grouping : groupings) {
      layerings.add(corpus.grouped(grouping, spool, sizes));
    }
    return layerings;
  }

  private static Map<String, Double> measures(Layering layering, List<ImageLayout.Image> images) {
    Map<String, Double> measures = new LinkedHashMap<>();
    measures.put("stored", (double) layering.stored());
    // The classes of a bound are in no order, and so have no stacks.
    if (!layering.name().startsWith("bound")) {
      measures.put("stack", (double) layering.stack());
    }
    measures.put("layers-max", (double) layering.mostParts());
    measures.put("layers-mean", layering.meanParts());
    measures.put("mean", layering.meanPull());
    List<String> names = images.stream().map(ImageLayout.Image::name).toList();
    List<Integer> updated =
        IntStream.range(0, names.size())
            .filter(image -> names.contains(names.get(image) + BEFORE))
            .boxed()
            .toList();
    double sum = 0;
    for (int image : updated) {
      double pull = layering.pull(image, names.indexOf(names.get(image) + BEFORE));
      measures.put("update " + names.get(image), pull);
      sum += pull;
    }
    if (!updated.isEmpty()) {
      measures.put("updates", sum / updated.size());
    }
    return measures;
  }

  private static void print(
      List<Layering> layerings, List<Map<String, Double>> rows, PrintStream out) {
    Map<String, Double> original = rows.getFirst();
    out.printf("%-32s", "MB");
    original.keySet().forEach(measure -> out.printf(" %17s", measure));
    out.println();
    for (int i = 0; i < rows.size(); i++) {
      Map<String, Double> row = rows.get(i);
      out.printf("%-32s", layerings.get(i).name());
      original.forEach(
          (measure, whole) -> out.printf(" %17s", cell(measure, row.get(measure), whole)));
      out.println();
    }
  }

  private static String cell(String measure, @Nullable Double value, double whole) {
    if (value == null) {
      return "-";
    }
    return measure.startsWith("layers")
        ? String.format(Locale.ROOT, "%.1f", value)
        : String.format(Locale.ROOT, "%.1f (%.3f)", value / 1e6, value / whole);
  }

  private static void write(List<Layering> layerings, List<Map<String, Double>> rows, Path file)
      throws IOException {
    StringBuilder lines = new StringBuilder("layering\tmeasure\tvalue\n");
    for (int i = 0; i < rows.size(); i++) {
      String name = layerings.get(i).name();
      rows.get(i)
          .forEach((measure, value) ->
              lines.append(String.format(Locale.ROOT, "%s\t%s\t%.1f%n", name, measure, value)));
    }
    Files.writeString(file, lines, StandardCharsets.UTF_8);
  }
}

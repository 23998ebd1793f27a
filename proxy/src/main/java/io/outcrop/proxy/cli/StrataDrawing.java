package io.outcrop.proxy.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Draws the layers of an image as strata, the lowest at the bottom, each as long as it has bytes.
 * Fits into the width it is given.
 */
final class StrataDrawing {

  private static final int LEAST_BAR = 8;
  private static final int MOST_NAMES = 6;

  /**
   * One layer.
   *
   * @param bytes its length
   * @param title what is in it
   * @param others images that have it too
   */
  record Layer(long bytes, String title, List<String> others) {}

  private final int width;
  private final char own;
  private final char shared;
  private final String ellipsis;

  /**
   * @param width in characters
   * @param ascii whether only such characters are to be used
   */
  StrataDrawing(int width, boolean ascii) {
    this.width = width;
    this.own = ascii ? '#' : '█';
    this.shared = ascii ? '=' : '▒';
    this.ellipsis = ascii ? "..." : "…";
  }

  /** The lines of the drawing. */
  List<String> lines(List<Layer> layers) {
    List<String> lines = new ArrayList<>();
    long largest = layers.stream().mapToLong(Layer::bytes).max().orElse(0);
    int sizes = layers.stream().mapToInt(layer -> Sizes.of(layer.bytes()).length()).max().orElse(0);
    int bar = Math.max(LEAST_BAR, (width - sizes - 2) / 4);
    int text = Math.max(0, width - sizes - bar - 2);
    for (Layer layer : layers.reversed()) {
      String size = Sizes.of(layer.bytes());
      String line =
          " ".repeat(sizes - size.length())
              + size
              + " "
              + bar(layer, largest, bar)
              + " "
              + words(layer, text);
      lines.add(line.stripTrailing());
    }
    lines.add(
        cut(
            " ".repeat(sizes + 1) + own + " only in this image   " + shared + " in others too",
            width));
    return lines;
  }

  private String bar(Layer layer, long largest, int length) {
    int filled =
        layer.bytes() == 0
            ? 0
            : (int) Math.max(1, Math.round((double) layer.bytes() * length / largest));
    return String.valueOf(layer.others().isEmpty() ? own : shared).repeat(filled)
        + " ".repeat(length - filled);
  }

  private String words(Layer layer, int room) {
    if (layer.others().isEmpty()) {
      return cut(clean(layer.title()), room);
    }
    String others = "(" + names(layer.others()) + ")";
    int forTitle = Math.max(room / 2, room - others.length() - 1);
    String title = cut(clean(layer.title()), forTitle);
    return cut(title.isEmpty() ? others : title + " " + others, room);
  }

  private String names(List<String> others) {
    return others.size() <= MOST_NAMES
        ? String.join(", ", others)
        : String.join(", ", others.subList(0, MOST_NAMES - 1))
            + ", "
            + (others.size() - MOST_NAMES + 1)
            + " more";
  }

  /** One line of what somebody wrote into an image. */
  private static String clean(String text) {
    return text.replaceAll("\\s+", " ").replaceAll("\\p{Cntrl}", "?").strip();
  }

  private String cut(String text, int room) {
    return text.length() <= room
        ? text
        : text.substring(0, Math.max(0, room - ellipsis.length())) + ellipsis;
  }
}

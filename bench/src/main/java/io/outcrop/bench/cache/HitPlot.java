package io.outcrop.bench.cache;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Hit ratios over capacities, one line a policy, as SVG that is legible on light and dark. */
final class HitPlot {

  private static final int PANEL_WIDTH = 330;
  private static final int PANEL_HEIGHT = 300;
  private static final int LEFT = 52;
  private static final int TOP = 44;
  private static final int GAP = 58;
  private static final int LEGEND_TOP = TOP + PANEL_HEIGHT + 66;
  private static final int LEGEND_COLUMNS = 4;
  private static final int LEGEND_ROW = 22;
  private static final double HEAD_ROOM = 0.02;

  private static final List<Measure> PANELS =
      List.of(Measure.OBJECT_HITS, Measure.BYTE_HITS, Measure.TIME_SAVED);

  // Of middle lightness, to be told apart on white and on black.
  private static final List<String> COLOURS =
      List.of(
          "#8c8c8c", "#b07aa1", "#9c755f", "#6f8fc9", "#4e79a7", "#76a35a", "#2f9e8f", "#c78a00",
          "#d0679d", "#a05fd0", "#7d8b1f", "#3fa7d6", "#d1495b", "#8c8c8c", "#8c8c8c");
  private static final String OURS = "Stack-ARC";

  private final Averages averages;
  private final StringBuilder svg = new StringBuilder();

  private HitPlot(Averages averages) {
    this.averages = averages;
  }

  /**
   * Draws the plot.
   *
   * @param title what was asked for
   */
  static String draw(Averages averages, String title) {
    return new HitPlot(averages).draw(title);
  }

  private String draw(String title) {
    int width = LEFT + PANELS.size() * PANEL_WIDTH + (PANELS.size() - 1) * GAP + 24;
    int rows = (averages.policies().size() + LEGEND_COLUMNS - 1) / LEGEND_COLUMNS;
    int height = LEGEND_TOP + rows * LEGEND_ROW;
    line(
        String.format(
            Locale.ROOT,
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" \
            aria-labelledby="title" font-family="system-ui, sans-serif" font-size="13">
            <title id="title">%s</title>
            <style>
              .paper { fill: #ffffff }
              text { fill: #24292f }
              .grid { stroke: #d0d7de; stroke-width: 1 }
              .line { fill: none; stroke-width: 1.6; stroke-linejoin: round }
              .ours { stroke-width: 3.5 }
              .bound { stroke-dasharray: 5 4 }
              .strong { font-weight: 600 }
              @media (prefers-color-scheme: dark) {
                .paper { fill: #0d1117 }
                text { fill: #e6edf3 }
                .grid { stroke: #30363d }
              }
            </style>
            <rect class="paper" width="%d" height="%d"/>\
            """,
            width,
            height,
            escape(title),
            width,
            height));
    for (int panel = 0; panel < PANELS.size(); panel++) {
      panel(PANELS.get(panel), LEFT + panel * (PANEL_WIDTH + GAP));
    }
    legend(width);
    line("</svg>");
    return svg.toString();
  }

  private void panel(Measure measure, int left) {
    double low = 1;
    double high = 0;
    for (String policy : averages.policies()) {
      for (double percent : averages.percents()) {
        double value = averages.mean(policy, percent, measure).orElse(Double.NaN);
        if (!Double.isNaN(value)) {
          low = Math.min(low, value);
          high = Math.max(high, value);
        }
      }
    }
    low = Math.max(0, Math.floor(low * 10) / 10);
    high = Math.min(1, high + HEAD_ROOM);
    line(
        String.format(
            Locale.ROOT,
            "<text class=\"strong\" x=\"%d\" y=\"%d\">%s</text>",
            left,
            TOP - 16,
            measure.title()));
    for (double ratio = low; ratio <= high + 1e-9; ratio += 0.1) {
      double y = y(ratio, low, high);
      line(
          String.format(
              Locale.ROOT,
              "<path class=\"grid\" d=\"M%d %.1fh%d\"/><text x=\"%d\" y=\"%.1f\""
                  + " text-anchor=\"end\">%.0f %%</text>",
              left,
              y,
              PANEL_WIDTH,
              left - 6,
              y + 4,
              100 * ratio));
    }
    for (double percent : averages.percents()) {
      double x = left + x(percent);
      line(
          String.format(
              Locale.ROOT,
              "<path class=\"grid\" d=\"M%.1f %dv%d\"/><text x=\"%.1f\" y=\"%d\""
                  + " text-anchor=\"middle\">%s</text>",
              x,
              TOP,
              PANEL_HEIGHT,
              x,
              TOP + PANEL_HEIGHT + 18,
              plain(percent)));
    }
    line(
        String.format(
            Locale.ROOT,
            "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">capacity, %% of unique bytes</text>",
            left + PANEL_WIDTH / 2,
            TOP + PANEL_HEIGHT + 38));
    List<String> oursLast = new ArrayList<>(averages.policies());
    oursLast.sort(Comparator.comparing(OURS::equals));
    for (String policy : oursLast) {
      curve(policy, measure, left, low, high);
    }
  }

  private void curve(String policy, Measure measure, int left, double low, double high) {
    StringBuilder path = new StringBuilder();
    for (double percent : averages.percents()) {
      averages
          .mean(policy, percent, measure)
          .ifPresent(value ->
              path.append(
                  String.format(
                      Locale.ROOT,
                      "%s%.1f %.1f",
                      path.isEmpty() ? "M" : "L",
                      left + x(percent),
                      y(value, low, high))));
    }
    line(
        String.format(
            Locale.ROOT,
            "<path class=\"line%s\" stroke=\"%s\" d=\"%s\"><title>%s</title></path>",
            style(policy),
            colour(policy),
            path,
            escape(policy)));
  }

  private void legend(int width) {
    int column = (width - LEFT) / LEGEND_COLUMNS;
    for (int i = 0; i < averages.policies().size(); i++) {
      String policy = averages.policies().get(i);
      int x = LEFT + i % LEGEND_COLUMNS * column;
      int y = LEGEND_TOP + i / LEGEND_COLUMNS * LEGEND_ROW;
      line(
          String.format(
              Locale.ROOT,
              "<path class=\"line%s\" stroke=\"%s\" d=\"M%d %dh26\"/><text%s x=\"%d\""
                  + " y=\"%d\">%s</text>",
              style(policy),
              colour(policy),
              x,
              y - 4,
              policy.equals(OURS) ? " class=\"strong\"" : "",
              x + 34,
              y,
              escape(policy)));
    }
  }

  private static String style(String policy) {
    if (policy.equals(OURS)) {
      return " ours";
    }
    return policy.contains("(bound)") || policy.contains("(offline)") ? " bound" : "";
  }

  private String colour(String policy) {
    return COLOURS.get(averages.policies().indexOf(policy) % COLOURS.size());
  }

  /** Capacities are spread by their logarithms. */
  private double x(double percent) {
    double first = Math.log(averages.percents().getFirst());
    double last = Math.log(averages.percents().getLast());
    return first == last ? 0 : PANEL_WIDTH * (Math.log(percent) - first) / (last - first);
  }

  private static double y(double ratio, double low, double high) {
    return TOP + PANEL_HEIGHT * (high - ratio) / (high - low);
  }

  private void line(String text) {
    svg.append(text).append('\n');
  }

  private static String plain(double percent) {
    return percent == Math.rint(percent) ? Long.toString((long) percent) : Double.toString(percent);
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }
}

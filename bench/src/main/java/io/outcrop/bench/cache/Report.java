package io.outcrop.bench.cache;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.StringJoiner;

/** Results as tables: for people, in Markdown, and for programs, as comma-separated values. */
final class Report {

  private Report() {}

  /** One line a policy, and for each capacity the given measures, ratios in percent. */
  static String markdown(Averages averages, List<Measure> measures) {
    StringBuilder text = new StringBuilder("| policy |");
    StringBuilder rule = new StringBuilder("|---|");
    String names = String.join(" / ", measures.stream().map(Measure::title).toList());
    for (double percent : averages.percents()) {
      text.append(String.format(Locale.ROOT, " %s %%: %s |", plain(percent), names));
      rule.append("---|");
    }
    text.append('\n').append(rule).append('\n');
    for (String policy : averages.policies()) {
      text.append("| ").append(policy).append(" |");
      for (double percent : averages.percents()) {
        StringJoiner cell = new StringJoiner(" / ", " ", " |");
        for (Measure measure : measures) {
          cell.add(format(averages.mean(policy, percent, measure), measure));
        }
        text.append(cell);
      }
      text.append('\n');
    }
    return text.toString();
  }

  private static String format(OptionalDouble value, Measure measure) {
    if (value.isEmpty()) {
      return "–";
    }
    return switch (measure) {
      case UPSTREAM_BYTES, WATCHED_UPSTREAM_BYTES ->
          String.format(Locale.ROOT, "%.0f GB", value.getAsDouble() / 1e9);
      case EVICTIONS, NANOS_PER_REQUEST -> String.format(Locale.ROOT, "%.0f", value.getAsDouble());
      case OBJECT_HITS,
          BYTE_HITS,
          TIME_SAVED,
          WHOLE_IMAGES,
          WHOLE_PULLS,
          WATCHED_OBJECT_HITS,
          WATCHED_BYTE_HITS,
          WATCHED_TIME_SAVED,
          WATCHED_WHOLE_PULLS ->
          String.format(Locale.ROOT, "%.1f", 100 * value.getAsDouble());
    };
  }

  /** One line a run, with all that was measured. */
  static String csv(List<Result> results) {
    StringBuilder text = new StringBuilder("workload,seed,percent,capacity,policy");
    for (Measure measure : Measure.values()) {
      text.append(',').append(measure.name().toLowerCase(Locale.ROOT));
    }
    text.append('\n');
    for (Result result : results) {
      text.append(
          String.format(
              Locale.ROOT,
              "%s,%d,%s,%d,\"%s\"",
              result.workload(),
              result.seed(),
              plain(result.percent()),
              result.capacity(),
              result.policy().replace("\"", "\"\"")));
      for (Measure measure : Measure.values()) {
        Double value = result.values().get(measure);
        text.append(',').append(value == null ? "" : number(value));
      }
      text.append('\n');
    }
    return text.toString();
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%.6f", value);
  }

  private static String plain(double percent) {
    return percent == Math.rint(percent) ? Long.toString((long) percent) : Double.toString(percent);
  }
}

package io.outcrop.bench.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.SAXException;

final class ReportTest {

  private static final List<Result> RESULTS =
      List.of(
          result("LRU", 1, 1, 0.40),
          result("LRU", 2, 1, 0.50),
          result("LRU", 1, 10, 0.60),
          result("Stack-ARC", 1, 1, 0.60),
          result("a < \"b\" & c", 1, 1, 0.20),
          new Result("trace", 1, 10, 1000, Experiment.BOUND, Map.of(Measure.OBJECT_HITS, 0.7)));

  @Test
  void markdown_hasMeansOverSeedsAndADashForWhatIsMissing() {
    String table =
        Report.markdown(
            new Averages(RESULTS), List.of(Measure.OBJECT_HITS, Measure.UPSTREAM_BYTES));

    assertThat(table.lines())
        .contains(
            "| policy | 1 %: object hits / upstream bytes | 10 %: object hits / upstream bytes |",
            "| LRU | 45.0 / 3 GB | 60.0 / 3 GB |", "| PFOO-L (bound) | – / – | 70.0 / – |");
  }

  @Test
  void csv_hasALineForEachRun() {
    List<String> lines = Report.csv(RESULTS).lines().toList();

    assertThat(lines).hasSize(RESULTS.size() + 1);
    assertThat(lines.getFirst())
        .startsWith("workload,seed,percent,capacity,policy,object_hits,byte_hits");
    assertThat(lines.get(1)).startsWith("trace,1,1,1000,\"LRU\",0.400000,,,3000000000,");
    assertThat(lines.get(5)).contains("\"a < \"\"b\"\" & c\"");
    long columns = lines.getFirst().chars().filter(c -> c == ',').count();
    assertThat(lines.getLast().chars().filter(c -> c == ',').count()).isEqualTo(columns);
  }

  @Test
  void plot_isWellFormedAndHasALineForEachPolicy()
      throws IOException, SAXException, ParserConfigurationException {
    String svg = HitPlot.draw(new Averages(RESULTS), "a < b");
    Document document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));

    assertThat(document.getDocumentElement().getTagName()).isEqualTo("svg");
    assertThat(document.getElementsByTagName("title").item(0).getTextContent()).isEqualTo("a < b");
    assertThat(svg).contains(">a &lt; \"b\" &amp; c</text>", "line ours", "line bound");
  }

  @Test
  void plot_placesHigherRatiosHigher() {
    String svg = HitPlot.draw(new Averages(RESULTS), "title");
    // The first panel: from 1 % at the left edge to 10 % at the right one.
    String curve =
        svg.lines().filter(l -> l.contains("<title>LRU</title>")).findFirst().orElseThrow();
    String[] path = curve.replaceAll(".* d=\"M([^\"]*)\".*", "$1").split("[ L]", -1);

    assertThat(Double.parseDouble(path[0])).isLessThan(Double.parseDouble(path[2]));
    assertThat(Double.parseDouble(path[1])).isGreaterThan(Double.parseDouble(path[3]));
  }

  private static Result result(String policy, long seed, double percent, double objectHits) {
    return new Result(
        "trace",
        seed,
        percent,
        1000,
        policy,
        Map.of(Measure.OBJECT_HITS, objectHits, Measure.UPSTREAM_BYTES, 3e9));
  }
}

package io.outcrop.bench.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.outcrop.bench.cache.policy.PackingBound;
import io.outcrop.bench.cache.workload.Workload;
import io.outcrop.bench.cache.workload.ZipfWorkload;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs, as they are typed. */
final class SimulateTest {

  @TempDir Path folder;
  private final StringWriter errors = new StringWriter();

  @Test
  void compare_writesEveryRunAndAPlot() throws IOException {
    Path csv = folder.resolve("hits.csv");
    Path plot = folder.resolve("hits.svg");

    int code =
        run(
            "compare",
            "--workload",
            "zipf",
            "--seeds",
            "2",
            "--capacities",
            "1,5",
            "--policies",
            "LRU|Stack-ARC|PFOO.*",
            "--vary",
            "worth.frequencyLimit=1",
            "--csv",
            csv.toString(),
            "--plot",
            plot.toString());

    assertThat(code).isZero();
    assertThat(Files.readAllLines(csv)).hasSize(1 + 2 * 2 * 4);
    assertThat(Files.readString(plot)).contains("Stack-ARC", "worth.frequencyLimit=1");
  }

  @Test
  void compare_runsTheSeedsThatAreNamed() throws IOException {
    Path csv = folder.resolve("seeds.csv");

    int code =
        run(
            "compare",
            "--workload",
            "zipf",
            "--seed",
            "7,3",
            "--capacities",
            "1",
            "--policies",
            "LRU",
            "--csv",
            csv.toString());

    assertThat(code).isZero();
    assertThat(Files.readAllLines(csv))
        .satisfiesExactly(
            heading -> assertThat(heading).contains("seed"),
            seven -> assertThat(seven).contains(",7,"),
            three -> assertThat(three).contains(",3,"));
  }

  @Test
  void draws_tellWhatTheBoundAllowsACacheThatHoldsAll() {
    Workload workload = ZipfWorkload.generate(3);
    PackingBound bound = new PackingBound(workload.blobRequests(), workload.catalogue());

    DrawsCommand.Draw draw = DrawsCommand.Draw.of(3, workload);

    assertThat(draw.byteHits()).isCloseTo(bound.byteHitRatio(draw.unique()), within(1e-9));
    assertThat(draw.byteHits()).isBetween(0.1, 0.999);
  }

  @Test
  void draws_listsTheSeedsNearestToARatio() {
    assertThat(run("draws", "--workload", "zipf", "--draws", "3", "--near", "0.5")).isZero();
  }

  @Test
  void compare_worksInWhatHappens() throws IOException {
    Path csv = folder.resolve("outage.csv");

    assertThat(
            run(
                "compare",
                "--workload",
                "zipf",
                "--event",
                "outage",
                "--seeds",
                "1",
                "--capacities",
                "1",
                "--policies",
                "LRU|PFOO.*",
                "--csv",
                csv.toString()))
        .isZero();
    // The bound knows of no outage, and so is not told.
    List<String> lines = Files.readAllLines(csv);
    assertThat(lines).hasSize(2);
    assertThat(lines.getLast()).startsWith("zipf and an outage,1,1,");
  }

  @Test
  void compare_saysWhichFileIsMissing() {
    assertThat(run("compare", "--sample", folder.resolve("none.csv").toString())).isEqualTo(1);
    assertThat(errors.toString()).contains("none.csv is not there");
  }

  @Test
  void compare_refusesAnOptionThatDoesNotExist() {
    assertThat(run("compare", "--workload", "zipf", "--vary", "worth.magic=1")).isEqualTo(1);
    assertThat(errors.toString()).contains("worth.magic").contains("worth.frequencyLimit");
  }

  @Test
  void export_isReadByOthers() throws IOException {
    Path file = folder.resolve("zipf.lrb");

    assertThat(run("export", "--workload", "zipf", "--to", file.toString())).isZero();
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(50_000).allMatch(line -> line.matches("\\d+ \\d+ [1-9]\\d*"));
    assertThat(lines.getFirst()).startsWith("0 ");
  }

  @Test
  void agree_failsWhereItDoesNot() throws IOException {
    Path file = folder.resolve("found.csv");
    Files.writeString(file, "zipf,658376,LRU,19.58,10.43\n");
    assertThat(run("agree", "--workload", "zipf", file.toString())).isZero();

    Files.writeString(file, "zipf,658376,LRU,19.58,11.43\n");
    assertThat(run("agree", "--workload", "zipf", file.toString())).isEqualTo(1);
  }

  private int run(String... arguments) {
    return Simulate.commandLine().setErr(new PrintWriter(errors, true)).execute(arguments);
  }
}

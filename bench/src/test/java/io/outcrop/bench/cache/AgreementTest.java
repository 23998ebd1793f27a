package io.outcrop.bench.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.bench.cache.workload.TraceFiles;
import io.outcrop.bench.cache.workload.Workload;
import io.outcrop.bench.cache.workload.ZipfWorkload;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * This simulator and Caffeine's (version 3.2.4), on the same requests. {@code bench/simulate
 * compare-caffeine --store} runs the other one and writes what is compared with here.
 */
final class AgreementTest {

  @Test
  void agreesOnIndependentRequests() throws IOException {
    assertAgreement("zipf", ZipfWorkload.generate(1));
  }

  @Test
  void agreesOnTheTrace() throws IOException {
    assertAgreement("trace", TraceFiles.trace().workload(TraceFiles.sample().sizes(), 1));
  }

  @Test
  void noticesADifference() {
    Agreement.Reference wrong = Agreement.Reference.parse("zipf,658376,LRU,20.60,10.43");

    Agreement.Pair pair = Agreement.compare(ZipfWorkload.generate(1), List.of(wrong)).getFirst();

    assertThat(pair.objectDifference()).isBetween(-0.0105, -0.0100);
    assertThat(pair.agrees()).isFalse();
  }

  @Test
  void parse_refusesWhatIsNoLineOfNumbers() {
    assertThatThrownBy(() -> Agreement.Reference.parse("zipf,LRU"))
        .hasMessageContaining("zipf,LRU (expected: five fields)");
  }

  private static void assertAgreement(String name, Workload workload) throws IOException {
    List<Agreement.Reference> references = stored(name);

    assertThat(references)
        .extracting(Agreement.Reference::policy)
        .contains("LRU", "S3-FIFO", "GDSF");
    assertThat(Agreement.compare(workload, references))
        .allSatisfy(pair -> {
          assertThat(pair.objectDifference()).isBetween(-Agreement.TOLERANCE, Agreement.TOLERANCE);
          assertThat(pair.byteDifference()).isBetween(-Agreement.TOLERANCE, Agreement.TOLERANCE);
        });
  }

  private static List<Agreement.Reference> stored(String name) throws IOException {
    try (InputStream stream =
            Objects.requireNonNull(
                AgreementTest.class.getResourceAsStream("caffeine-simulator.csv"));
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      return reader
          .lines()
          .map(Agreement.Reference::parse)
          .filter(reference -> reference.workload().equals(name))
          .toList();
    }
  }
}

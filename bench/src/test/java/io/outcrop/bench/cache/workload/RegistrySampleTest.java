package io.outcrop.bench.cache.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RegistrySampleTest {

  private static final String HEADER =
      "http.request.remoteaddr,http.request.uri,http.response.written,timestamp\n";

  @TempDir Path folder;

  @Test
  void workload_isInTheOrderOfTime() throws IOException {
    RegistrySample sample =
        RegistrySample.read(
            file(
                HEADER
                    + "c2,v2/a/b/blobs/bb,20.0,2017-06-20 00:00:02.500\n"
                    + "c1,v2/a/b/blobs/aa,10.0,2017-06-20 00:00:01\n"
                    + "c1,v2/a/b/blobs/bb,25.0,2017-06-20 00:00:03.000\n"));
    Workload workload = sample.workload();

    assertThat(workload.blobRequests()).containsExactly(0, 1, 1);
    assertThat(workload.millis(1)).isEqualTo(1500);
    assertThat(workload.client(0)).isEqualTo(workload.client(2)).isPositive();
    assertThat(workload.catalogue().bytes(1)).as("the larger of two answers").isEqualTo(25);
    assertThat(sample.sizes()).containsEntry("aa", 10L).containsEntry("bb", 25L);
  }

  @Test
  void read_namesTheColumnThatIsMissing() throws IOException {
    Path file = file("http.request.remoteaddr,http.request.uri,timestamp\na,b,c\n");

    assertThatThrownBy(() -> RegistrySample.read(file))
        .hasMessageContaining("http.response.written");
  }

  @Test
  void read_tellsTheLineThatMakesNoSense() throws IOException {
    Path file = file(HEADER + "c,v2/a/b/blobs/aa,ten,2017-06-20 00:00:01\n");

    assertThatThrownBy(() -> RegistrySample.read(file)).hasMessageContaining("line 2: c,v2");
  }

  /**
   * What makes the sample worth so much: it knows the sizes of a quarter of all that is asked for.
   */
  @Test
  void sample_knowsSizesOfTheTrace() throws IOException {
    RegistrySample sample = TraceFiles.sample();
    Workload requests = sample.workload();

    assertThat(requests.length()).isEqualTo(999);
    assertThat(WorkloadStatistics.of(requests).clients()).isEqualTo(36);

    RegistryTrace trace = TraceFiles.trace();
    Catalogue drawn = trace.workload(Map.of(), 1).catalogue();
    Workload known = trace.workload(sample.sizes(), 1);
    long replaced =
        Arrays.stream(known.blobRequests())
            .filter(content -> known.catalogue().bytes(content) != drawn.bytes(content))
            .count();
    assertThat(sample.sizes()).hasSize(554);
    assertThat(replaced).isEqualTo(71_269);
  }

  private Path file(String text) throws IOException {
    Path file = folder.resolve("sample.csv");
    Files.writeString(file, text);
    return file;
  }
}

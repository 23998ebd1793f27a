package io.outcrop.bench.cache.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RegistryTraceTest {

  @TempDir Path folder;

  @Test
  void read_numbersWhatIsAskedForInOrder() throws IOException {
    Workload workload =
        RegistryTrace.read(
                file(
                    """
                    v2
                    v2/org/app/manifests/latest
                    v2/org/app/blobs/aa
                    v2/org/team/app/blobs/bb
                    v2/org/team/app/blobs/aa
                    """))
            .workload(Map.of(), 1);

    assertThat(workload.length()).isEqualTo(5);
    assertThat(workload.kind(0)).isEqualTo(RequestKind.PING);
    assertThat(workload.kind(1)).isEqualTo(RequestKind.MANIFEST);
    assertThat(workload.blobRequests()).containsExactly(0, 1, 0);
    assertThat(workload.repository(2)).isNotEqualTo(workload.repository(3));
    assertThat(workload.repository(3)).isEqualTo(workload.repository(4));
  }

  @Test
  void workload_takesKnownSizesAndDrawsTheOthersByNameAndSeed() throws IOException {
    RegistryTrace trace = RegistryTrace.read(file("v2/a/blobs/aa\nv2/a/blobs/bb\nv2/a/blobs/cc\n"));

    Catalogue first = trace.workload(Map.of("bb", 77L), 1).catalogue();
    Catalogue second = trace.workload(Map.of("bb", 77L), 2).catalogue();

    assertThat(first.bytes(1)).isEqualTo(77);
    assertThat(first.bytes(0)).isEqualTo(SizeDistribution.OF_REGISTRY.of("aa", 1));
    assertThat(second.bytes(0)).isNotEqualTo(first.bytes(0));
    assertThat(second.digest(0)).isEqualTo(first.digest(0));
  }

  @Test
  void read_tellsWhereItCannotGoOn() throws IOException {
    Path file = file("v2\nv2/a/tags/list\n");

    assertThatThrownBy(() -> RegistryTrace.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("line 2: v2/a/tags/list");
  }

  @Test
  void read_failsOnATraceThatWasCutShort() throws IOException {
    Path whole = file("v2/a/blobs/aa\n".repeat(1000));
    byte[] bytes = Files.readAllBytes(whole);
    Path cut = folder.resolve("cut.zst");
    Files.write(cut, Arrays.copyOf(bytes, bytes.length - 6));

    assertThatThrownBy(() -> RegistryTrace.read(cut)).isInstanceOf(IOException.class);
  }

  /** The figures that others have published, or measured, of the same three days. */
  @Test
  void trace_isTheOneThatTheFiguresAreOf() throws IOException {
    Workload workload = TraceFiles.trace().workload(Map.of(), 1);
    WorkloadStatistics statistics = WorkloadStatistics.of(workload);

    assertThat(workload.length()).isEqualTo(725_242);
    assertThat(workload.count(RequestKind.PING)).isEqualTo(333_358);
    assertThat(workload.count(RequestKind.BLOB)).isEqualTo(259_274);
    assertThat(statistics.blobPopularity().things()).isEqualTo(81_335);
    assertThat(statistics.manifestPopularity().things()).isEqualTo(12_988);
    assertThat(statistics.structure().shared()).isEqualTo(11_372);
    assertThat(statistics.structure().most()).isEqualTo(1_565);
    int[] distances = statistics.stackDistances();
    assertThat(distances[distances.length / 2]).isEqualTo(258);
    assertThat(distances[(int) (distances.length * 0.99)]).isEqualTo(34_384);
  }

  private Path file(String lines) throws IOException {
    Path file = folder.resolve("trace.zst");
    Files.write(file, Zstd.compress(lines.getBytes(StandardCharsets.UTF_8)));
    return file;
  }
}

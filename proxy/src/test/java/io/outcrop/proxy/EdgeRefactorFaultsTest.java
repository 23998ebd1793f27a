package io.outcrop.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.oci.Tag;
import io.outcrop.proxy.config.RefactorMode;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.DerivedImage;
import io.outcrop.storage.Reason;
import io.outcrop.storage.StoreOptions;
import io.outcrop.storage.TagAnswer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of refactoring where something goes wrong under way. */
final class EdgeRefactorFaultsTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final String REPOSITORY = "library/app";
  private static final String TAG = "/v2/library/app/manifests/1";
  private static final String MADE = TAG + "-refactored";

  @TempDir Path folder;

  private TestRegistry origin;
  private TestImage image;

  @BeforeEach
  void push() throws IOException {
    origin = new TestRegistry();
    image =
        new TestImage()
            .layer(TestImage.files("usr/lib/base", 4, 50_000, 1))
            .layer(TestImage.files("opt/app", 3, 70_000, 2));
    image.push(origin, REPOSITORY, "1");
  }

  @AfterEach
  void stop() throws IOException {
    origin.close();
  }

  @Test
  void originGoesDownUnderWay_originalIsServed() throws Exception {
    Digest last = image.layerDigests().getLast();
    origin.fault((request, reply) -> {
      if (!request.is("GET", last.toString())) {
        return false;
      }
      return reply.send(503, "gone");
    });
    try (TestEdge edge = edge(Duration.ofSeconds(5))) {
      HttpResponse<byte[]> answer = edge.get(TAG);

      assertThat(answer.body()).isEqualTo(image.manifest());
      assertThat(edge.metric("outcrop_refactor_images_total", "failed")).isEqualTo(1);
      assertThat(edge.get(MADE).statusCode()).isEqualTo(404);
    }
  }

  @Test
  void originSendsWrongBytes_originalIsServed() throws Exception {
    Digest last = image.layerDigests().getLast();
    origin.fault((request, reply) ->
        request.is("GET", last.toString()) && reply.send(200, new byte[90_000]));
    try (TestEdge edge = edge(Duration.ofSeconds(5))) {
      assertThat(edge.get(TAG).body()).isEqualTo(image.manifest());

      // It was the upstream's fault of that moment, and says nothing of the image.
      origin.heal();
      edge.restart();
      assertThat(edge.get(TAG).body()).isEqualTo(image.manifest());
      await().atMost(LONG).until(() -> edge.get(MADE).statusCode() == 200);
    }
  }

  @Test
  void storeTooSmall_originalIsServed() throws Exception {
    try (TestEdge edge =
        TestEdge.in(folder)
            .capacity(1 << 20)
            .keepFree(1L << 50)
            .refactor(RefactorMode.SERVE, Duration.ofSeconds(5))
            .upstream("docker.io", origin.url())
            .start()) {
      assertThat(edge.get(TAG).body()).isEqualTo(image.manifest());
      for (Digest layer : image.layerDigests()) {
        assertThat(Digest.sha256(edge.get("/v2/library/app/blobs/" + layer).body()))
            .isEqualTo(layer);
      }
    }
  }

  /** Where the process may die while an image is made, as the store is found afterwards. */
  private enum Death {
    /** Layers are there, and nothing that names them. */
    BEFORE_MANIFEST,
    /** The manifest is there too, and nobody knows what of. */
    BEFORE_RECORD,
    /** What was made is known, and no tag was answered with it. */
    BEFORE_DECISION,
    /** All is decided, and all files for work under way are left behind. */
    BEFORE_ANSWER
  }

  @ParameterizedTest
  @EnumSource
  void diesUnderWay_endsAsIfItHadNot(Death death) throws Exception {
    Digest made;
    try (TestEdge edge = edge(LONG)) {
      made = EdgeRefactorTest.digest(edge.get(TAG));
    }
    Files.write(folder.resolve("refactor/work/layer123.tmp"), new byte[100]);
    undo(death, made);

    try (TestEdge edge = edge(LONG)) {
      assertThat(EdgeRefactorTest.digest(edge.get(TAG))).isEqualTo(made);
      // What was finished is not made twice.
      assertThat(edge.metric("outcrop_refactor_layers_total", "built")).isZero();
      try (Stream<Path> left = Files.list(folder.resolve("refactor/work"))) {
        assertThat(left).isEmpty();
      }
    }
  }

  /** Takes the store back to where it was at an earlier moment. */
  private void undo(Death death, Digest made) throws IOException {
    try (ContentStore store =
        ContentStore.open(new StoreOptions(folder, 256L << 20, 8L << 20, InstantSource.system()))) {
      Repository repository = Repository.of("docker.io", REPOSITORY);
      DerivedImage record = store.derived().withRoot(made).orElseThrow();
      if (death != Death.BEFORE_ANSWER) {
        for (TagAnswer answer : store.answers().all()) {
          assertThat(answer.repository()).isEqualTo(repository);
          assertThat(answer.tag()).isEqualTo(new Tag("1"));
          store.answers().forget(answer);
        }
      }
      if (death == Death.BEFORE_MANIFEST || death == Death.BEFORE_RECORD) {
        store.derived().remove(record);
        assertThat(store.derived().document(made)).isEmpty();
      }
      if (death == Death.BEFORE_MANIFEST) {
        assertThat(store.evict(made, Reason.OPERATOR)).isTrue();
      }
    }
  }

  @Test
  void stoppedUnderWay_goesOnAtTheNextStart() throws Exception {
    Digest last = image.layerDigests().getLast();
    AtomicInteger asked = new AtomicInteger();
    origin.fault((request, reply) -> {
      if (request.is("GET", last.toString())) {
        asked.incrementAndGet();
        // The head, and then nothing more for as long as it may take.
        return reply.head(200, "Content-Length: 200000");
      }
      return false;
    });
    try (TestEdge edge = edge(Duration.ZERO)) {
      assertThat(edge.get(TAG).body()).isEqualTo(image.manifest());
      await().atMost(LONG).until(() -> asked.get() > 0);
    }
    origin.heal();
    try (TestEdge edge = edge(Duration.ZERO)) {
      assertThat(edge.get(TAG).body()).isEqualTo(image.manifest());
      await().atMost(LONG).until(() -> edge.get(MADE).statusCode() == 200);
    }
  }

  private TestEdge edge(Duration maxWait) throws IOException {
    return TestEdge.in(folder)
        .refactor(RefactorMode.SERVE, maxWait)
        .upstream("docker.io", origin.url())
        .start();
  }
}

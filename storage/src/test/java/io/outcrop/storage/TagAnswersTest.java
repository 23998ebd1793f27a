package io.outcrop.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.oci.Tag;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What tags are answered with. */
final class TagAnswersTest {

  private static final Repository REPOSITORY = Repository.of("docker.io", "library/app");
  private static final Tag TAG = new Tag("1");
  private static final Digest SOURCE = digest(0);
  private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir Path root;

  @Test
  void decide_holdsForGood() throws Exception {
    try (ContentStore store = Contents.open(root)) {
      assertThat(store.answers().find(REPOSITORY, TAG, SOURCE)).isEmpty();
      assertThat(store.answers().cached(REPOSITORY, TAG, SOURCE)).isEmpty();

      assertThat(store.answers().decide(answer(SOURCE, 1))).isEqualTo(digest(1));
      assertThat(store.answers().decide(answer(SOURCE, 2))).isEqualTo(digest(1));
      assertThat(store.answers().cached(REPOSITORY, TAG, SOURCE)).hasValue(digest(1));
    }
    try (ContentStore store = Contents.open(root)) {
      assertThat(store.answers().cached(REPOSITORY, TAG, SOURCE)).isEmpty();
      assertThat(store.answers().decide(answer(SOURCE, 3))).isEqualTo(digest(1));
      assertThat(store.answers().find(REPOSITORY, TAG, SOURCE)).hasValue(digest(1));
      assertThat(store.answers().find(REPOSITORY, new Tag("2"), SOURCE)).isEmpty();
      assertThat(store.answers().find(REPOSITORY, TAG, digest(9))).isEmpty();
      assertThat(store.answers().all()).containsExactly(answer(SOURCE, 1));
    }
  }

  @Test
  void decide_manyAtOnce_comeToOneDecision() throws Exception {
    try (ContentStore store = Contents.open(root);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Digest>> deciding =
          IntStream.rangeClosed(1, 50)
              .<Callable<Digest>>mapToObj(i -> () -> store.answers().decide(answer(SOURCE, i)))
              .toList();

      List<Digest> decided =
          threads.invokeAll(deciding).stream().map(Future::resultNow).distinct().toList();

      assertThat(decided).hasSize(1);
      assertThat(store.answers().find(REPOSITORY, TAG, SOURCE)).hasValue(decided.getFirst());
    }
  }

  @Test
  void redecide_overrulesWhatIsInMemoryToo() throws Exception {
    try (ContentStore store = Contents.open(root)) {
      var _ = store.answers().decide(answer(SOURCE, 1));

      store.answers().redecide(answer(SOURCE, 2));

      assertThat(store.answers().cached(REPOSITORY, TAG, SOURCE)).hasValue(digest(2));
      assertThat(store.answers().decide(answer(SOURCE, 3))).isEqualTo(digest(2));
    }
  }

  @Test
  void forget_letsBeDecidedAnew() throws Exception {
    try (ContentStore store = Contents.open(root)) {
      var _ = store.answers().decide(answer(SOURCE, 1));

      store.answers().forget(answer(SOURCE, 1));

      assertThat(store.answers().cached(REPOSITORY, TAG, SOURCE)).isEmpty();
      assertThat(store.answers().decide(answer(SOURCE, 2))).isEqualTo(digest(2));
    }
  }

  private static TagAnswer answer(Digest source, int given) {
    return new TagAnswer(REPOSITORY, TAG, source, digest(given), AT);
  }

  private static Digest digest(int number) {
    return Digest.sha256(new byte[] {(byte) number});
  }
}

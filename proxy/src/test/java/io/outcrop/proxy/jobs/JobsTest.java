package io.outcrop.proxy.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class JobsTest {

  private final Jobs jobs = new Jobs(InstantSource.system());

  @AfterEach
  void close() {
    jobs.close();
  }

  private static JobWork work(Callable<?> what) {
    return new JobWork() {
      @Override
      public void run() throws Exception {
        what.call();
      }

      @Override
      public Progress progress() {
        return new Progress(1, 2, 3, 4);
      }
    };
  }

  @Test
  void tellsHowAJobEnded() throws Exception {
    Job good = jobs.start("test", "good", () -> work(() -> 1));
    assertThat(good.await()).isEqualTo(Job.State.DONE);
    assertThat(good.endedAt()).isPresent();
    Job bad =
        jobs.start(
            "test",
            "bad",
            () ->
                work(() -> {
                  throw new IOException("the reason");
                }));
    assertThat(bad.await()).isEqualTo(Job.State.FAILED);
    assertThat(bad.problem()).hasValue("the reason");
    assertThat(jobs.find(bad.id())).hasValue(bad);
    assertThat(jobs.all()).containsExactly(good, bad);
    assertThat(bad.progress()).isEqualTo(new Progress(1, 2, 3, 4));
  }

  @Test
  void doesTheSameOnceAtATime() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    Job first =
        jobs.start(
            "test",
            "same",
            () ->
                work(() -> {
                  gate.await();
                  return 1;
                }));
    assertThat(jobs.start("test", "same", () -> work(() -> 2))).isSameAs(first);
    assertThat(jobs.start("test", "other", () -> work(() -> 3))).isNotSameAs(first);
    assertThat(jobs.running("test", "same")).hasValue(first);
    gate.countDown();
    assertThat(first.await()).isEqualTo(Job.State.DONE);
    assertThat(jobs.start("test", "same", () -> work(() -> 4))).isNotSameAs(first);
  }

  @Test
  void interruptsWhatIsCancelled() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    Job job =
        jobs.start(
            "test",
            "endless",
            () ->
                work(() -> {
                  begun.countDown();
                  new CountDownLatch(1).await();
                  return 1;
                }));
    begun.await();
    job.cancel();
    assertThat(job.await()).isEqualTo(Job.State.CANCELLED);
    assertThat(job.problem()).isEmpty();
    job.cancel();
    assertThat(job.state()).isEqualTo(Job.State.CANCELLED);
  }

  @Test
  void remembersTheLatestOnly() throws Exception {
    Job first = jobs.start("test", "first", () -> work(() -> 1));
    assertThat(first.await()).isEqualTo(Job.State.DONE);
    for (int i = 0; i < 300; i++) {
      assertThat(jobs.start("test", "job" + i, () -> work(() -> 1)).await())
          .isEqualTo(Job.State.DONE);
    }
    assertThat(jobs.find(first.id())).isEmpty();
    assertThat(jobs.all()).hasSizeLessThanOrEqualTo(201);
  }

  @Test
  void endsWithTheEdge() {
    Job job =
        jobs.start(
            "test",
            "endless",
            () ->
                work(() -> {
                  new CountDownLatch(1).await();
                  return 1;
                }));
    jobs.close();
    assertThat(job.state()).isEqualTo(Job.State.CANCELLED);
    assertThat(jobs.start("test", "late", () -> work(() -> 1)).state()).isEqualTo(Job.State.FAILED);
  }
}

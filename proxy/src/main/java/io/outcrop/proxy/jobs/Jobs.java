package io.outcrop.proxy.jobs;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs of this edge since it was started: those that run, and the latest of those that have
 * ended. Thread-safe.
 */
public final class Jobs implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);
  private static final int MOST_ENDED = 200;
  private static final int CLOSE_SECONDS = 5;

  private final InstantSource clock;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("job-", 0).factory());
  // Guarded by this; in the order they began.
  private final Map<String, Job> jobs = new LinkedHashMap<>();
  private long count;

  /** Without any jobs yet. */
  public Jobs(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Begins a job, or gives the one that does the same to the same already.
   *
   * @param kind what it does, in a word
   * @param subject what it does that to
   */
  public Job start(String kind, String subject, Supplier<JobWork> work) {
    Job job;
    synchronized (this) {
      Optional<Job> running = running(kind, subject);
      if (running.isPresent()) {
        return running.get();
      }
      job = new Job(Long.toString(++count), kind, subject, work.get(), clock);
      jobs.put(job.id(), job);
      forgetOldest();
    }
    try {
      threads.execute(job::run);
    } catch (RejectedExecutionException e) {
      job.reject();
    }
    return job;
  }

  /** The job that does something to something now, if there is one. */
  public synchronized Optional<Job> running(String kind, String subject) {
    return jobs.values().stream()
        .filter(job -> job.state() == Job.State.RUNNING)
        .filter(job -> job.kind().equals(kind) && job.subject().equals(subject))
        .findFirst();
  }

  /** A job that runs, or has ended not long ago. */
  public synchronized Optional<Job> find(String id) {
    return Optional.ofNullable(jobs.get(id));
  }

  /** All jobs that are known, in the order they began. */
  public synchronized List<Job> all() {
    return new ArrayList<>(jobs.values());
  }

  /** Ends all jobs. */
  @Override
  public void close() {
    all().forEach(Job::cancel);
    threads.shutdownNow();
    try {
      if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("jobs still running after {} s are left behind", CLOSE_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void forgetOldest() {
    long ended = jobs.values().stream().filter(job -> job.state() != Job.State.RUNNING).count();
    Iterator<Job> oldest = jobs.values().iterator();
    while (ended > MOST_ENDED && oldest.hasNext()) {
      if (oldest.next().state() != Job.State.RUNNING) {
        oldest.remove();
        ended--;
      }
    }
  }
}

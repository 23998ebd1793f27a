package io.outcrop.proxy.jobs;

import java.util.Optional;

/** What a job does. */
public interface JobWork {

  /**
   * Does it, on a virtual thread; interrupted when the job is cancelled.
   *
   * @throws InterruptedException if it was interrupted
   * @throws Exception if it failed; the message says why
   */
  void run() throws Exception;

  /** What came of it, in words for people, if there is anything to say; asked as progress is. */
  default Optional<String> result() {
    return Optional.empty();
  }

  /** How far it is; asked from any thread, before, during and after the run. */
  Progress progress();
}

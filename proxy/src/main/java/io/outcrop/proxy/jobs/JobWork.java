package io.outcrop.proxy.jobs;

/** What a job does. */
public interface JobWork {

  /**
   * Does it, on a virtual thread; interrupted when the job is cancelled.
   *
   * @throws InterruptedException if it was interrupted
   * @throws Exception if it failed; the message says why
   */
  void run() throws Exception;

  /** How far it is; asked from any thread, before, during and after the run. */
  Progress progress();
}

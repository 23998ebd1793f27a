package io.outcrop.proxy.admin;

import io.outcrop.proxy.http.Response;

/** Answers admin requests. Called on a virtual thread, so it may block. */
@FunctionalInterface
public interface AdminHandler {

  /**
   * Makes the answer.
   *
   * @throws ProblemException if the request cannot be done; what else is thrown is told in the
   *     words of {@link Problems}
   */
  Response answer(AdminRequest request) throws Exception;
}

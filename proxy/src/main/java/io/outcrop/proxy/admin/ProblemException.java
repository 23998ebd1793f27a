package io.outcrop.proxy.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;

/** Says why an admin request is not done; becomes its answer. */
public final class ProblemException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient HttpResponseStatus status;
  private final transient Map<String, Object> members;

  /**
   * @param status the status of the answer
   * @param detail what is wrong, and what would be right
   */
  public ProblemException(HttpResponseStatus status, String detail) {
    this(status, detail, Map.of());
  }

  /**
   * @param members further members of the answer, for programs: numbers, texts, booleans
   */
  public ProblemException(HttpResponseStatus status, String detail, Map<String, Object> members) {
    super(detail, null, false, false);
    this.status = status;
    this.members = Map.copyOf(members);
  }

  HttpResponseStatus status() {
    return status;
  }

  Map<String, Object> members() {
    return members;
  }
}

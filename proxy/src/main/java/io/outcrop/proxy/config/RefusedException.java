package io.outcrop.proxy.config;

/** Says what is wrong with a value in words of its own, instead of "value (expected: …)". */
final class RefusedException extends IllegalArgumentException {

  private final String reason;

  RefusedException(String reason) {
    super(reason);
    this.reason = reason;
  }

  String reason() {
    return reason;
  }
}

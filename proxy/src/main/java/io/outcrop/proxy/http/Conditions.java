package io.outcrop.proxy.http;

import io.netty.handler.codec.http.HttpHeaderNames;

/** Conditional requests on content whose entity tag never changes, as RFC 9110, section 13. */
public final class Conditions {

  private Conditions() {}

  /** Whether the client says it has the content already. */
  public static boolean notModified(Exchange exchange, String entityTag) {
    return exchange
        .header(HttpHeaderNames.IF_NONE_MATCH)
        .filter(value -> matches(value, entityTag))
        .isPresent();
  }

  /** Whether a range is still wanted, given what the client has of the content. */
  static boolean rangeApplies(Exchange exchange, String entityTag) {
    // A date never matches: there is no Last-Modified to compare it with.
    return exchange
        .header(HttpHeaderNames.IF_RANGE)
        .map(value -> value.strip().equals(entityTag))
        .orElse(true);
  }

  private static boolean matches(String list, String entityTag) {
    for (String item : list.split(",", -1)) {
      String tag = item.strip();
      if (tag.equals("*") || tag.equals(entityTag) || tag.equals("W/" + entityTag)) {
        return true;
      }
    }
    return false;
  }
}

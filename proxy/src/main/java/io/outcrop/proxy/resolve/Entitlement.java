package io.outcrop.proxy.resolve;

import io.outcrop.storage.ContentInfo;
import io.outcrop.storage.LinkState;

/**
 * Whether resident content may be served under the name of a repository without asking its
 * upstream. Content is shared between repositories; the right to read it is not.
 */
final class Entitlement {

  private Entitlement() {}

  static boolean granted(ContentInfo.Origin origin, LinkState link) {
    return switch (link) {
      case PROVEN -> true;
      // A manifest may name what its author could not read, so a claim opens public content only.
      case CLAIMED -> origin == ContentInfo.Origin.PUBLIC;
      case ABSENT -> false;
    };
  }
}

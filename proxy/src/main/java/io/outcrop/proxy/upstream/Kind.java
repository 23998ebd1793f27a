package io.outcrop.proxy.upstream;

import java.util.Locale;

/** What a request is for. */
enum Kind {
  MANIFEST_HEAD,
  MANIFEST,
  BLOB_HEAD,
  BLOB,
  TAGS,
  REFERRERS,
  PING;

  /** The name in metrics. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

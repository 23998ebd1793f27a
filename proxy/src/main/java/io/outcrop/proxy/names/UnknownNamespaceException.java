package io.outcrop.proxy.names;

import io.outcrop.oci.Namespace;

/** Says that a request names a registry this edge does not fetch from. */
public final class UnknownNamespaceException extends Exception {

  private static final long serialVersionUID = 1;

  UnknownNamespaceException(Namespace namespace) {
    super("namespace " + namespace + " is not among the configured upstreams", null, false, false);
  }
}

package io.outcrop.proxy.fill;

import io.outcrop.oci.Repository;

/** What fills tell of themselves, to be counted. Called on their threads; must be quick. */
public interface FillEvents {

  /** A whole blob came and was not what was asked for. */
  void refused(Repository repository);

  /** A blob could not be kept. */
  void notKept(Repository repository);
}

package io.outcrop.storage.cache;

import io.outcrop.oci.Digest;

/**
 * Told of changes to what is remembered of evicted content, so that it outlives a restart. Called
 * within the calls of the policy; must be quick and must not call the policy.
 */
public interface GhostListener {

  /** Does nothing: for a policy whose memory need not outlive it. */
  GhostListener NONE =
      new GhostListener() {
        @Override
        public void added(Digest content, Ghost ghost) {}

        @Override
        public void dropped(Digest content) {}
      };

  /** This is remembered from now on, in place of what was remembered of the same content. */
  void added(Digest content, Ghost ghost);

  /** Nothing is remembered of this any more. */
  void dropped(Digest content);
}

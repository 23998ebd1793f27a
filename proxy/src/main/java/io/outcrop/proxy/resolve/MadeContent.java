package io.outcrop.proxy.resolve;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.storage.StoreException;
import java.util.Optional;
import java.util.OptionalLong;

/** Content that no upstream has, as it is made here. Thread-safe; may block on the disk. */
public interface MadeContent {

  /** Nothing is made here. */
  MadeContent NONE =
      new MadeContent() {
        @Override
        public OptionalLong size(Repository repository, Digest digest) {
          return OptionalLong.empty();
        }

        @Override
        public Optional<ServedManifest> manifest(Repository repository, Digest digest) {
          return Optional.empty();
        }
      };

  /** The length of a blob, if it is made here for this repository; it need not be at hand. */
  OptionalLong size(Repository repository, Digest digest) throws StoreException;

  /** A manifest, if it is made here for this repository. */
  Optional<ServedManifest> manifest(Repository repository, Digest digest) throws StoreException;
}

package io.outcrop.proxy.resolve;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.oci.Tag;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.MutableRecord;
import io.outcrop.storage.Pin;
import java.util.Optional;

/**
 * What a pinned tag meant before it moved: all of that is here, while what it means now may not be
 * yet. To be served where the rest cannot be had. Never blocks; thread-safe.
 */
final class StandIns {

  private final ContentStore store;

  StandIns(ContentStore store) {
    this.store = store;
  }

  /** The manifest that a tag had when all of its image was here, if that is not so any more. */
  Optional<Digest> find(Repository repository, Tag tag, MutableRecord now) {
    // Most edges pin little, and this is asked at each request.
    return store.pins().isEmpty()
        ? Optional.empty()
        : store
            .pins()
            .get(repository + ":" + tag)
            .filter(pin -> !pin.root().equals(now.digest()) && !isWhole(pin, now.digest()))
            .map(Pin::root);
  }

  private boolean isWhole(Pin pin, Digest now) {
    // A pin that does not name what the tag means now has not yet noticed that it moved.
    return pin.content().containsKey(now)
        && pin.content().keySet().stream().allMatch(digest -> store.info(digest).isPresent());
  }
}

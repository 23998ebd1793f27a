package io.outcrop.refactor.plan;

import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.view.CanonicalEntry;
import io.outcrop.refactor.view.View;
import java.security.MessageDigest;

/**
 * The name of a layer before it is built: a hash over all its entries, metadata and content
 * included. Equal groups of any two images have equal keys, and make byte-identical archives.
 *
 * @param hash over the canonical form of the entries, in order
 */
public record GroupKey(ContentHash hash) {

  private static final byte[] DOMAIN = {'g', 'r', 'p', '1'};

  /** The key of a group of a view. */
  public static GroupKey of(View view, Group group) {
    MessageDigest digest = ContentHash.newHash();
    digest.update(DOMAIN);
    CanonicalEntry form = new CanonicalEntry();
    for (int position = 0; position < group.size(); position++) {
      form.set(view.entry(group.entry(position)));
      form.addTo(digest);
    }
    return new GroupKey(ContentHash.finish(digest));
  }

  @Override
  public String toString() {
    return "grp1:" + hash.digest().hex();
  }
}

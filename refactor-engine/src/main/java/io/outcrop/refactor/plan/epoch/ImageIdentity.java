package io.outcrop.refactor.plan.epoch;

import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.scan.LayerIndex;
import io.outcrop.refactor.view.TreeDigest;
import io.outcrop.refactor.view.View;
import java.security.MessageDigest;
import java.util.Comparator;

/**
 * What makes an image of a corpus another one than others. Images of equal identity count once.
 *
 * @param tree the hash of its root file system
 * @param layers a hash of the layers that it is made of, as these tell what its base is
 */
record ImageIdentity(ContentHash tree, ContentHash layers) implements Comparable<ImageIdentity> {

  private static final Comparator<ImageIdentity> ORDER =
      Comparator.comparing(ImageIdentity::tree).thenComparing(ImageIdentity::layers);

  static ImageIdentity of(View view) {
    MessageDigest digest = ContentHash.newHash();
    for (LayerIndex layer : view.layers()) {
      digest.update(layer.diffId().toByteArray());
    }
    return new ImageIdentity(TreeDigest.of(view), ContentHash.finish(digest));
  }

  @Override
  public int compareTo(ImageIdentity other) {
    return ORDER.compare(this, other);
  }
}

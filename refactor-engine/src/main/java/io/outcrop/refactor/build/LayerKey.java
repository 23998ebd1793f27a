package io.outcrop.refactor.build;

import io.outcrop.refactor.compress.Packing;
import io.outcrop.refactor.plan.GroupKey;

/**
 * What determines every byte of a layer.
 *
 * @param group what is in it
 * @param packing how it is compressed
 */
public record LayerKey(GroupKey group, Packing packing) {

  /** The form in which archives are written; another form would make other digests. */
  public static final int FORMAT = 1;

  @Override
  public String toString() {
    return group + "/" + packing + "/" + FORMAT;
  }
}

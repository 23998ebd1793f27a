package io.outcrop.proxy.media;

import io.outcrop.proxy.media.ImportPlan.Need;
import io.outcrop.storage.layout.LayoutReader;
import io.outcrop.storage.layout.TarLayout;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;

/** Blobs of a layout that may be read anywhere: a folder, or a tar in a file. */
final class LayoutSupply implements BlobSupply {

  private final LayoutReader layout;

  LayoutSupply(LayoutReader layout) {
    this.layout = layout;
  }

  @Override
  public void give(Collection<Need> needs, Taker taker) throws IOException {
    List<Need> there = new ArrayList<>();
    for (Need need : needs) {
      OptionalLong size = layout.size(need.digest());
      if (size.isPresent() && size.getAsLong() != need.size()) {
        throw new MediaException(
            "%s: %s has %d bytes (expected: %d, as its manifest says)"
                .formatted(layout.location(), need.digest(), size.getAsLong(), need.size()));
      }
      if (size.isPresent()) {
        there.add(need);
      }
    }
    if (layout instanceof TarLayout tar) {
      // As they stand, so that a disk or a stick reads on rather than here and there.
      there.sort(Comparator.comparingLong(need -> tar.offset(need.digest()).orElse(0)));
    }
    for (Need need : there) {
      taker.take(need, offset -> open(need, offset));
    }
  }

  private InputStream open(Need need, long offset) throws IOException {
    InputStream in = layout.open(need.digest());
    try {
      in.skipNBytes(offset);
      return in;
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }
}

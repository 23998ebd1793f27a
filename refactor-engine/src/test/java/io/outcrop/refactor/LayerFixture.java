package io.outcrop.refactor;

import io.outcrop.refactor.model.Cancellation;
import io.outcrop.refactor.model.Limits;
import io.outcrop.refactor.scan.LayerIndex;
import io.outcrop.refactor.scan.LayerScanner;
import io.outcrop.refactor.scan.ScanProgress;
import io.outcrop.refactor.tar.RawTar;
import io.outcrop.refactor.view.Fold;
import io.outcrop.refactor.view.View;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Layers and views of archives made by hand. */
public final class LayerFixture {

  private LayerFixture() {}

  public static LayerIndex scan(byte[] blob) throws IOException {
    return scan(blob, Limits.DEFAULT);
  }

  public static LayerIndex scan(byte[] blob, Limits limits) throws IOException {
    return new LayerScanner(limits)
        .scan(new ByteArrayInputStream(blob), Cancellation.untilCancelled(), ScanProgress.NONE);
  }

  public static LayerIndex layer(RawTar archive) throws IOException {
    return scan(archive.bytes());
  }

  public static View view(RawTar... archives) throws IOException {
    List<LayerIndex> layers = new ArrayList<>();
    for (RawTar archive : archives) {
      layers.add(layer(archive));
    }
    return Fold.fold(layers);
  }

  /** The paths of a view as text, directories with a slash at their end. */
  public static List<String> paths(View view) {
    String[] paths = new String[view.size()];
    Arrays.setAll(paths, i -> view.path(i).toString() + (view.isDirectory(i) ? "/" : ""));
    return List.of(paths);
  }
}

package io.outcrop.refactor.plan.intrinsic;

import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.model.EntryType;
import io.outcrop.refactor.plan.intrinsic.Draft.Kind;
import io.outcrop.refactor.view.View;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/** Puts what belongs to no component into layers: big files, big directories, and what is left. */
final class LoosePieces {

  private static final int NONE = -1;

  private final View view;
  private final Claims claims;
  private final IntrinsicOptions options;
  private final Drafts drafts;
  private final Subtrees subtrees;
  private final Map<ContentHash, Integer> bigFiles = new HashMap<>();

  private LoosePieces(View view, Claims claims, IntrinsicOptions options, Drafts drafts) {
    this.view = view;
    this.claims = claims;
    this.options = options;
    this.drafts = drafts;
    this.subtrees = new Subtrees(view, options.threshold());
  }

  static void put(View view, Claims claims, IntrinsicOptions options, Drafts drafts) {
    LoosePieces pieces = new LoosePieces(view, claims, options, drafts);
    int layers = view.layers().size();
    Members byLayer = Members.of(layers, view.size(), pieces::layerOfLoose);
    for (int layer = 0; layer < layers; layer++) {
      pieces.put(layer, byLayer.of(layer));
    }
  }

  private int layerOfLoose(int entry) {
    return !drafts.isWanted(entry)
            || view.isDirectory(entry)
            || view.isHardLink(entry)
            || claims.owner(entry) != Claims.NOBODY
        ? NONE
        : view.layer(entry);
  }

  private void put(int layer, int[] loose) {
    for (int entry : loose) {
      if (claims.isVolatile(entry)) {
        drafts.put(entry, drafts.bundle(layer, Kind.STATE, 0));
      } else if (isBig(entry)) {
        drafts.put(
            entry, bigFiles.computeIfAbsent(view.content(entry), _ -> bigFile(layer, entry)));
      }
    }
    int[] rest = IntStream.of(loose).filter(drafts::isPrivate).toArray();
    int[] cut = subtrees.cut(rest, directory -> tree(layer, directory));
    for (int i = 0; i < rest.length; i++) {
      drafts.put(rest[i], cut[i] == NONE ? drafts.bundle(layer, Kind.REST, 0) : cut[i]);
    }
  }

  private boolean isBig(int entry) {
    return view.type(entry) == EntryType.REGULAR && view.length(entry) >= options.bigFile();
  }

  private int bigFile(int layer, int entry) {
    return drafts.add(Draft.of(layer, title("file ", entry)));
  }

  private int tree(int layer, int directory) {
    return drafts.add(Draft.of(layer, title("files in ", directory)));
  }

  private String title(String what, int entry) {
    return Component.shorten(what + view.path(entry));
  }
}

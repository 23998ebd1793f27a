package io.outcrop.refactor.plan.intrinsic;

import io.outcrop.refactor.model.EntryType;
import io.outcrop.refactor.view.View;

/** Java archives, each of them a component. */
final class JarReader implements DatabaseReader {

  private final View view;
  private final Claims claims;

  JarReader(View view, Claims claims) {
    this.view = view;
    this.claims = claims;
  }

  @Override
  public int sees(int entry, String path) {
    if (path.endsWith(".jar") && view.type(entry) == EntryType.REGULAR) {
      String name = view.name(entry).toString();
      String place = view.path(entry).parent().toString();
      claims.claim(entry, claims.open(new Component(Ecosystem.JAR, name, "", "", place)));
    }
    return 0;
  }

  @Override
  public void read(int entry, String path, byte[] content) {}
}

package io.outcrop.refactor.plan.epoch;

import io.outcrop.refactor.LayerFixture;
import io.outcrop.refactor.tar.RawTar;
import io.outcrop.refactor.view.View;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Images as registries have them: some bases in some versions, packages in some versions upon
 * these, and files of their own; directories never alike.
 */
final class RandomCorpus implements Corpus {

  private final Random random;
  private final List<View> views = new ArrayList<>();

  RandomCorpus(Random random, int images) throws IOException {
    this.random = random;
    for (int image = 0; image < images; image++) {
      RawTar base = base();
      RawTar application = application(image);
      views.add(LayerFixture.view(base, application));
      if (random.nextInt(8) == 0) {
        views.add(squashed(base, application));
      }
    }
  }

  /** The same root file system in one layer. */
  private static View squashed(RawTar base, RawTar application) throws IOException {
    return LayerFixture.view(new RawTar().raw(base.open()).raw(application.open()));
  }

  private RawTar base() {
    RawTar tar = directory("base");
    int base = random.nextInt(3);
    for (int file = 0; file < 6; file++) {
      int version = random.nextInt(4) == 0 ? 1 : 0;
      put(tar, "base/f" + file, base * 10 + version);
    }
    directory(tar, "etc");
    put(tar, "etc/settings", base);
    put(tar, "etc/more", random.nextInt(3));
    return tar;
  }

  private RawTar application(int image) {
    RawTar tar = directory("app");
    for (int part = 0; part < 5; part++) {
      if (random.nextBoolean()) {
        directory(tar, "app/p" + part);
        put(tar, "app/p" + part + "/a", part);
        put(tar, "app/p" + part + "/b", random.nextInt(2));
        tar.symlink("app/p" + part + "/l", "a");
        if (random.nextBoolean()) {
          tar.hardLink("app/p" + part + "/z", "app/p" + part + "/a");
        }
      }
    }
    if (random.nextBoolean()) {
      put(tar, "app/own", 1000 + image);
    }
    return tar;
  }

  private RawTar directory(String path) {
    return directory(new RawTar(), path);
  }

  private RawTar directory(RawTar tar, String path) {
    return tar.add(path, '5', "", header -> header.mode(0755).seconds(random.nextInt(1 << 30)));
  }

  /** A file whose length and content tell its path and version. */
  private static void put(RawTar tar, String path, int version) {
    String line = path + " " + version + "\n";
    tar.file(path, line.repeat(1 + Math.floorMod(line.hashCode(), 300)));
  }

  List<View> views() {
    return views;
  }

  /** The same images in another order, some of them twice. */
  Corpus shuffled() {
    List<View> other = new ArrayList<>(views);
    other.add(views.get(random.nextInt(views.size())));
    Collections.shuffle(other, random);
    return of(other);
  }

  static Corpus of(List<View> views) {
    return new Corpus() {
      @Override
      public int size() {
        return views.size();
      }

      @Override
      public View view(int image) {
        return views.get(image);
      }
    };
  }

  @Override
  public int size() {
    return views.size();
  }

  @Override
  public View view(int image) {
    return views.get(image);
  }
}

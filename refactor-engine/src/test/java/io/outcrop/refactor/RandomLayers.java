package io.outcrop.refactor;

import io.outcrop.refactor.tar.RawTar;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Stacks of layers that do to each other whatever layers can do, over a handful of names. */
public final class RandomLayers {

  private static final String[] NAMES = {"a", "b", "c", "d.e", "\u00e9"};

  private final Random random;

  public RandomLayers(Random random) {
    this.random = random;
  }

  public List<RawTar> stack() {
    List<RawTar> stack = new ArrayList<>();
    for (int i = random.nextInt(5); i >= 0; i--) {
      stack.add(layer());
    }
    return stack;
  }

  public RawTar layer() {
    RawTar tar = new RawTar();
    List<String> files = new ArrayList<>();
    for (int i = random.nextInt(10); i >= 0; i--) {
      add(tar, files);
    }
    return tar;
  }

  private void add(RawTar tar, List<String> files) {
    String path = path();
    switch (random.nextInt(14)) {
      case 0, 1, 2 ->
          tar.add(path, '5', "", h -> h.mode(0700 + random.nextInt(64)).seconds(random.nextInt(5)));
      case 3, 4, 5 -> {
        tar.file(path, "content " + random.nextInt(4));
        files.add(path);
      }
      case 6 -> {
        if (random.nextInt(3) == 0) {
          tar.pax(
              Map.of(
                  "SCHILY.xattr.user.x",
                  "" + random.nextInt(3),
                  "mtime",
                  "-1." + random.nextInt(9)));
        }
        tar.add(path, '0', "c", h -> h.owner(random.nextInt(3), 5));
        files.add(path);
      }
      case 7 -> tar.symlink(path, random.nextBoolean() ? "a/b" : "../c");
      case 8 -> {
        if (!files.isEmpty()) {
          tar.hardLink(path, files.get(random.nextInt(files.size())));
        }
      }
      case 9 ->
          tar.add(
              path, random.nextBoolean() ? '3' : '6', "", h -> h.device(1, 1 + random.nextInt(3)));
      case 10, 11 -> tar.file(sibling(path, ".wh." + NAMES[random.nextInt(NAMES.length)]), "");
      case 12 -> tar.file(path + "/.wh..wh..opq", "");
      default -> tar.directory(path);
    }
  }

  private static String sibling(String path, String name) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? name : path.substring(0, slash + 1) + name;
  }

  private String path() {
    StringBuilder path = new StringBuilder(NAMES[random.nextInt(NAMES.length)]);
    for (int i = random.nextInt(4); i > 0; i--) {
      path.append('/').append(NAMES[random.nextInt(NAMES.length)]);
    }
    return path.toString();
  }
}

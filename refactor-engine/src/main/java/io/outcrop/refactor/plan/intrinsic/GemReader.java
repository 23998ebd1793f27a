package io.outcrop.refactor.plan.intrinsic;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Ruby gems. Where there is {@code specifications/NAME-VERSION.gemspec}, these are of the gem, all
 * next to each other: {@code gems/NAME-VERSION}, {@code extensions/PLATFORM/RUBY/NAME-VERSION} and
 * {@code cache/NAME-VERSION.gem}.
 */
final class GemReader implements DatabaseReader {

  private static final String SPECIFICATION = ".gemspec";
  private static final String SPECIFICATIONS = "specifications/";
  private static final String CACHE = "cache/";
  private static final String GEM = ".gem";

  private final Claims claims;
  // By the directory that all are in, and the name of the gem with its version.
  private final Map<String, Integer> owners = new HashMap<>();

  GemReader(Claims claims) {
    this.claims = claims;
  }

  @Override
  public int sees(int entry, String path) {
    if (path.endsWith(SPECIFICATION)) {
      specification(entry, path);
    } else if (path.endsWith(GEM)) {
      file(path, CACHE, GEM).ifPresent(gem -> claim(entry, gem));
    }
    directory(path, "gems/", 0)
        .or(() -> directory(path, "extensions/", 2))
        .ifPresent(gem -> claim(entry, gem));
    return 0;
  }

  private int claim(int entry, String gem) {
    int owner = owners.computeIfAbsent(gem, _ -> claims.open(Ecosystem.GEM));
    claims.claim(entry, owner);
    return owner;
  }

  private void specification(int entry, String path) {
    Optional<String> gem = file(path, SPECIFICATIONS, SPECIFICATION);
    if (gem.isPresent()) {
      int slash = gem.get().lastIndexOf('/');
      String called = gem.get().substring(slash + 1);
      int dash = versionDash(called);
      claims.describe(
          claim(entry, gem.get()),
          new Component(
              Ecosystem.GEM,
              called.substring(0, dash),
              called.substring(dash + 1),
              "",
              gem.get().substring(0, slash + 1)));
    }
  }

  /** The gem of a file {@code …/PARENT/NAME-VERSION.END}. */
  private static Optional<String> file(String path, String parent, String end) {
    int name = path.lastIndexOf('/') + 1;
    String directory = path.substring(0, name);
    String called = path.substring(name, path.length() - end.length());
    return isGem(called) && isDirectory(directory, directory.length() - parent.length(), parent)
        ? Optional.of(directory.substring(0, directory.length() - parent.length()) + called)
        : Optional.empty();
  }

  /** The gem of a file {@code …/PARENT/…/NAME-VERSION/…}, some directories in between. */
  private static Optional<String> directory(String path, String parent, int between) {
    for (int at = path.indexOf(parent); at >= 0; at = path.indexOf(parent, at + 1)) {
      int name = at + parent.length();
      for (int skipped = 0; skipped < between && name > 0; skipped++) {
        name = path.indexOf('/', name) + 1;
      }
      int end = name == 0 ? -1 : path.indexOf('/', name);
      if (end > 0 && isDirectory(path, at, parent) && isGem(path.substring(name, end))) {
        return Optional.of(path.substring(0, at) + path.substring(name, end));
      }
    }
    return Optional.empty();
  }

  private static boolean isDirectory(String path, int at, String name) {
    return at >= 0 && path.startsWith(name, at) && (at == 0 || path.charAt(at - 1) == '/');
  }

  private static boolean isGem(String called) {
    return versionDash(called) > 0 && PackageName.isOne(called);
  }

  /** The first dash that a digit follows; names have none such. */
  private static int versionDash(String called) {
    for (int dash = called.indexOf('-'); dash >= 0; dash = called.indexOf('-', dash + 1)) {
      if (dash + 1 < called.length() && Character.isDigit(called.charAt(dash + 1))) {
        return dash;
      }
    }
    return -1;
  }

  @Override
  public void read(int entry, String path, byte[] content) {}
}

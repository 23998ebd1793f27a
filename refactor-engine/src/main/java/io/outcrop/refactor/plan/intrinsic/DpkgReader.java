package io.outcrop.refactor.plan.intrinsic;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.outcrop.refactor.model.ByteString;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Debian packages, by dpkg's database: {@code status} names them, {@code info/*.list} their files,
 * and the rest of {@code info} came with them. Without dpkg (distroless images), {@code
 * status.d/NAME} names a package and {@code status.d/NAME.md5sums} its files.
 *
 * <p>Checksums are not compared: a modified file makes the package's layer another one, with or
 * without it, as the layers of other images have the file. Nor would it pay: configuration, which
 * is what gets modified, is no part of a package here, and in a corpus of 28 images less than 0.1 %
 * of the bytes stored were those of layers of one package that differed.
 */
final class DpkgReader implements DatabaseReader {

  private static final String INFO = "var/lib/dpkg/info/";
  private static final String STATUS_D = "var/lib/dpkg/status.d/";
  private static final String STATUS = "var/lib/dpkg/status";
  private static final String LIST = ".list";
  private static final String MD5SUMS = ".md5sums";
  private static final int MOST_BYTES = 32 << 20;
  private static final int MD5_DIGITS = 32;

  private final Claims claims;
  private final PathResolver paths;
  // By the name of the package's files in the database: NAME or NAME:ARCHITECTURE.
  private final Map<String, Integer> owners = new HashMap<>();

  DpkgReader(Claims claims, PathResolver paths) {
    this.claims = claims;
    this.paths = paths;
  }

  @Override
  public int sees(int entry, String path) {
    if (path.equals(STATUS)) {
      return MOST_BYTES;
    }
    if (path.startsWith(STATUS_D)) {
      String file = path.substring(STATUS_D.length());
      String name = withoutEnd(file, MD5SUMS);
      claims.claim(entry, owner(name));
      return MOST_BYTES;
    }
    if (path.startsWith(INFO)) {
      String file = path.substring(INFO.length());
      int dot = file.lastIndexOf('.');
      if (dot > 0) {
        claims.claim(entry, owner(file.substring(0, dot)));
        return path.endsWith(LIST) ? MOST_BYTES : 0;
      }
    }
    return 0;
  }

  private int owner(String name) {
    return owners.computeIfAbsent(name, _ -> claims.open(Ecosystem.DPKG));
  }

  private static String withoutEnd(String text, String end) {
    return text.endsWith(end) ? text.substring(0, text.length() - end.length()) : text;
  }

  @Override
  public void read(int entry, String path, byte[] content) {
    if (path.startsWith(INFO)) {
      int owner = owner(withoutEnd(path.substring(INFO.length()), LIST));
      Lines.forEach(content, (text, start, end) -> claim(owner, text, start, end));
    } else if (path.startsWith(STATUS_D) && path.endsWith(MD5SUMS)) {
      int owner = owner(withoutEnd(path.substring(STATUS_D.length()), MD5SUMS));
      Lines.forEach(content, (text, start, end) -> claimSummed(owner, text, start, end));
    } else {
      String file = path.startsWith(STATUS_D) ? path.substring(STATUS_D.length()) : "";
      new Paragraphs(file).read(content);
    }
  }

  private void claim(int owner, byte[] text, int start, int end) {
    OptionalInt entry = paths.find(ByteString.of(text, start, end - start));
    if (entry.isPresent()) {
      claims.claim(entry.getAsInt(), owner);
    }
  }

  /** A line of md5sum: digits, two blanks, a path. */
  private void claimSummed(int owner, byte[] text, int start, int end) {
    int at = start + MD5_DIGITS;
    while (at < end && text[at] == ' ') {
      at++;
    }
    if (at < end && at > start + MD5_DIGITS) {
      claim(owner, text, at, end);
    }
  }

  /** Reads what is said of each package: fields a line each, an empty line between packages. */
  private final class Paragraphs {

    // Of a file with one package: what its files in the database are called.
    private final String file;
    private Optional<String> name = Optional.empty();
    private Optional<String> version = Optional.empty();
    private Optional<String> architecture = Optional.empty();
    private boolean installed = true;

    Paragraphs(String file) {
      this.file = file;
    }

    void read(byte[] content) {
      Lines.forEach(content, this::line);
      paragraph();
    }

    private void line(byte[] text, int start, int end) {
      if (start == end) {
        paragraph();
        return;
      }
      name = PackageName.after("Package:", text, start, end).or(() -> name);
      version = PackageName.after("Version:", text, start, end).or(() -> version);
      architecture = PackageName.after("Architecture:", text, start, end).or(() -> architecture);
      if (text[start] == 'S' && end - start < 100) {
        String field = new String(text, start, end - start, ISO_8859_1);
        if (field.startsWith("Status:")) {
          installed = !field.endsWith(" not-installed") && !field.endsWith(" config-files");
        }
      }
    }

    private void paragraph() {
      if (installed && name.isPresent() && version.isPresent() && architecture.isPresent()) {
        Component component =
            Component.of(Ecosystem.DPKG, name.get(), version.get(), architecture.get());
        describe(name.get() + ':' + architecture.get(), component);
        describe(file.isEmpty() ? name.get() : file, component);
      }
      name = Optional.empty();
      version = Optional.empty();
      architecture = Optional.empty();
      installed = true;
    }

    private void describe(String key, Component component) {
      Integer owner = owners.get(key);
      if (owner != null) {
        claims.describe(owner, component);
      }
    }
  }
}

package io.outcrop.refactor.plan.intrinsic;

import io.outcrop.refactor.model.ByteString;
import io.outcrop.refactor.model.FilePath;
import io.outcrop.refactor.view.View;
import java.util.OptionalInt;

/**
 * Python distributions, by the list of files that an installer leaves: {@code
 * NAME-VERSION.dist-info/RECORD}, with paths from the directory it is in, or {@code
 * NAME-VERSION….egg-info/installed-files.txt}, with paths from itself.
 */
final class PythonReader implements DatabaseReader {

  private static final String RECORD = ".dist-info/RECORD";
  private static final String INSTALLED = ".egg-info/installed-files.txt";
  private static final int MOST_BYTES = 16 << 20;

  private final View view;
  private final Claims claims;
  private final PathResolver paths;

  PythonReader(View view, Claims claims, PathResolver paths) {
    this.view = view;
    this.claims = claims;
    this.paths = paths;
  }

  @Override
  public int sees(int entry, String path) {
    return path.endsWith(RECORD) || path.endsWith(INSTALLED) ? MOST_BYTES : 0;
  }

  @Override
  public void read(int entry, String path, byte[] content) {
    FilePath directory = view.path(entry).parent();
    String called = directory.name().toString();
    String[] parts = called.substring(0, called.lastIndexOf('.')).split("-", 3);
    if (parts.length < 2 || !PackageName.isOne(parts[0]) || !PackageName.isOne(parts[1])) {
      return;
    }
    boolean record = path.endsWith(RECORD);
    FilePath base = record ? directory.parent() : directory;
    int owner =
        claims.open(
            new Component(Ecosystem.PYPI, parts[0], parts[1], "", directory.parent().toString()));
    Lines.forEach(
        content,
        (text, start, end) -> {
          ByteString file = record ? firstField(text, start, end) : line(text, start, end);
          OptionalInt claimed = paths.find(base, file);
          if (claimed.isPresent()) {
            claims.claim(claimed.getAsInt(), owner);
          }
        });
  }

  private static ByteString line(byte[] text, int start, int end) {
    int last = end > start && text[end - 1] == '\r' ? end - 1 : end;
    return ByteString.of(text, start, last - start);
  }

  /** The first of some values with commas between; in quotes if it has a comma or a quote. */
  private static ByteString firstField(byte[] text, int start, int end) {
    byte[] field = new byte[end - start];
    int length = 0;
    boolean quoted = end > start && text[start] == '"';
    for (int at = quoted ? start + 1 : start; at < end; at++) {
      if (quoted && text[at] == '"') {
        at++;
        if (at == end || text[at] != '"') {
          break;
        }
      } else if (!quoted && text[at] == ',') {
        break;
      }
      field[length++] = text[at];
    }
    return ByteString.of(field, 0, length);
  }
}

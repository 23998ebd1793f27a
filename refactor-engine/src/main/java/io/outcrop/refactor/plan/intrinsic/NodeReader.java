package io.outcrop.refactor.plan.intrinsic;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Node.js packages: a directory {@code node_modules/NAME} or {@code node_modules/@SCOPE/NAME} with
 * a {@code package.json} in it. What is in a {@code node_modules} further down is not of it.
 */
final class NodeReader implements DatabaseReader {

  private static final String MODULES = "node_modules/";
  private static final String DESCRIPTION = "package.json";
  private static final int MOST_BYTES = 1 << 20;
  private static final JsonFactory JSON = new JsonFactory();

  private final Claims claims;
  // By directory, with a slash at its end.
  private final Map<String, Integer> owners = new HashMap<>();

  NodeReader(Claims claims) {
    this.claims = claims;
  }

  @Override
  public int sees(int entry, String path) {
    Optional<String> directory = directory(path);
    if (directory.isEmpty()) {
      return 0;
    }
    claims.claim(entry, owners.computeIfAbsent(directory.get(), _ -> claims.open(Ecosystem.NPM)));
    return path.length() == directory.get().length() + DESCRIPTION.length()
            && path.endsWith(DESCRIPTION)
        ? MOST_BYTES
        : 0;
  }

  private static Optional<String> directory(String path) {
    int modules = path.lastIndexOf(MODULES);
    if (modules < 0 || (modules > 0 && path.charAt(modules - 1) != '/')) {
      return Optional.empty();
    }
    int name = modules + MODULES.length();
    if (path.startsWith("@", name)) {
      name = path.indexOf('/', name) + 1;
      if (name == 0) {
        return Optional.empty();
      }
    }
    int end = path.indexOf('/', name);
    return end < 0 || path.charAt(name) == '.'
        ? Optional.empty()
        : Optional.of(path.substring(0, end + 1));
  }

  @Override
  public void read(int entry, String path, byte[] content) {
    Optional<String> name = Optional.empty();
    Optional<String> version = Optional.empty();
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), content)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return;
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String field = parser.currentName();
        if (parser.nextToken() == JsonToken.VALUE_STRING) {
          if (field.equals("name")) {
            name = Optional.of(parser.getString()).filter(PackageName::isOne);
          } else if (field.equals("version")) {
            version = Optional.of(parser.getString()).filter(PackageName::isOne);
          }
        } else {
          parser.skipChildren();
        }
      }
    } catch (JacksonException e) {
      return;
    }
    String directory = path.substring(0, path.length() - DESCRIPTION.length());
    Integer owner = owners.get(directory);
    if (owner != null && name.isPresent() && version.isPresent()) {
      claims.describe(
          owner, new Component(Ecosystem.NPM, name.get(), version.get(), "", directory));
    }
  }
}

package io.outcrop.proxy.upstream;

import io.outcrop.oci.Namespace;
import io.outcrop.oci.RepositoryName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Credentials from the file that {@code docker login} and {@code podman login} write. A key of
 * {@code auths} may also name a repository, or part of its path, as podman has it; the longest
 * wins.
 */
final class DockerConfigFile implements CredentialStore {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final long MAX_BYTES = 1 << 20;
  private static final String HUB_SERVER = "https://index.docker.io/v1/";

  /** What was read, and the state of the file then. */
  private record Loaded(
      FileTime modified, long size, JsonNode root, Map<String, Credential> auths) {}

  private final Path path;
  private final Namespace namespace;
  private final Map<String, String> environment;
  private final InstantSource clock;
  private final Map<String, CredentialHelper> helpers = new ConcurrentHashMap<>();
  private volatile @Nullable Loaded loaded;

  DockerConfigFile(
      Path path, Namespace namespace, Map<String, String> environment, InstantSource clock) {
    this.path = path;
    this.namespace = namespace;
    this.environment = Map.copyOf(environment);
    this.clock = clock;
  }

  /** The name under which docker keeps the login of a registry. */
  static String serverName(Namespace namespace) {
    return namespace.equals(Namespace.DOCKER_HUB) ? HUB_SERVER : namespace.host();
  }

  @Override
  public Credential find(RepositoryName repository) throws IOException {
    Loaded file = load();
    Optional<String> helper =
        text(file.root.path("credHelpers").path(namespace.host()))
            .or(() -> text(file.root.path("credHelpers").path(serverName(namespace))))
            .or(() -> text(file.root.path("credsStore")));
    if (helper.isPresent()) {
      Credential kept =
          helpers
              .computeIfAbsent(
                  helper.get(),
                  name -> new CredentialHelper(name, serverName(namespace), environment, clock))
              .find(repository);
      if (!kept.equals(Credential.NONE)) {
        return kept;
      }
    }
    String key = namespace.host() + '/' + repository.value();
    while (true) {
      Credential credential = file.auths.get(key);
      if (credential != null) {
        return credential;
      }
      int slash = key.lastIndexOf('/');
      if (slash < 0) {
        return Credential.NONE;
      }
      key = key.substring(0, slash);
    }
  }

  @Override
  public void forget() {
    helpers.values().forEach(CredentialHelper::forget);
  }

  private Loaded load() throws IOException {
    BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
    Loaded known = loaded;
    if (known != null
        && known.modified.equals(now.lastModifiedTime())
        && known.size == now.size()) {
      return known;
    }
    if (now.size() > MAX_BYTES) {
      throw new IOException(path + ": " + now.size() + " bytes (expected: <= " + MAX_BYTES + ")");
    }
    JsonNode root = read();
    Map<String, Credential> auths = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : root.path("auths").properties()) {
      credential(entry.getKey(), entry.getValue())
          .ifPresent(credential -> auths.putIfAbsent(normalise(entry.getKey()), credential));
    }
    Loaded fresh = new Loaded(now.lastModifiedTime(), now.size(), root, Map.copyOf(auths));
    loaded = fresh;
    return fresh;
  }

  private JsonNode read() throws IOException {
    try {
      return MAPPER.readTree(Files.readAllBytes(path));
    } catch (JacksonException e) {
      // Without the cause: the parser quotes what it read.
      throw new IOException(path + ": not JSON");
    }
  }

  /** {@code https://index.docker.io/v1/} and its like become the host that stands in images. */
  private static String normalise(String key) {
    String name = key.toLowerCase(Locale.ROOT).replaceFirst("^https?://", "");
    name = name.replaceFirst("/v[12]/?$", "").replaceFirst("/$", "");
    return switch (name) {
      case "index.docker.io", "registry-1.docker.io" -> Namespace.DOCKER_HUB.host();
      default -> name;
    };
  }

  private Optional<Credential> credential(String key, JsonNode entry) throws IOException {
    Optional<String> identity = text(entry.path("identitytoken"));
    if (identity.isPresent()) {
      return identity.map(Credential.Identity::new);
    }
    Optional<String> bearer = text(entry.path("registrytoken"));
    if (bearer.isPresent()) {
      return bearer.map(Credential.Bearer::new);
    }
    Optional<String> auth = text(entry.path("auth"));
    if (auth.isEmpty()) {
      return text(entry.path("username"))
          .flatMap(user ->
              text(entry.path("password")).map(password -> new Credential.User(user, password)));
    }
    try {
      String both = new String(Base64.getMimeDecoder().decode(auth.get()), StandardCharsets.UTF_8);
      int colon = both.indexOf(':');
      if (colon > 0) {
        String password = both.substring(colon + 1).replaceFirst("\0+$", "");
        return Optional.of(new Credential.User(both.substring(0, colon), password));
      }
    } catch (IllegalArgumentException e) {
      // Told below, without what could not be decoded.
    }
    throw new IOException(path + ": auth of " + key + " is not base64 of user:password");
  }

  private static Optional<String> text(JsonNode node) {
    return node.isString() && !node.asString().isEmpty()
        ? Optional.of(node.asString())
        : Optional.empty();
  }
}

package io.outcrop.proxy.upstream;

import io.outcrop.oci.Namespace;
import io.outcrop.oci.RepositoryName;
import io.outcrop.proxy.config.CredentialConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/** Where the credential of an upstream comes from. */
interface CredentialStore {

  /** More than any password or token. */
  long MAX_SECRET_BYTES = 64 << 10;

  /**
   * The credential for a repository; {@link Credential#NONE} where none is kept.
   *
   * @throws IOException if there should be one and it cannot be read; the message has no secret
   */
  Credential find(RepositoryName repository) throws IOException;

  /** Forgets what is kept in memory, because the upstream refused it. */
  default void forget() {}

  /** The store a configuration asks for. */
  static CredentialStore of(
      CredentialConfig config,
      Namespace namespace,
      Map<String, String> environment,
      InstantSource clock) {
    return switch (config) {
      case CredentialConfig.Anonymous() -> _ -> Credential.NONE;
      case CredentialConfig.UserFile(var username, var file) ->
          _ -> {
            if (Files.size(file) > MAX_SECRET_BYTES) {
              throw new IOException(file + ": too long for a password file");
            }
            return new Credential.User(username, Files.readString(file).strip());
          };
      case CredentialConfig.UserEnvironment(var username, var variable) ->
          _ ->
              new Credential.User(
                  username,
                  Optional.ofNullable(environment.get(variable))
                      .orElseThrow(
                          () -> new IOException("environment variable " + variable + " not set")));
      case CredentialConfig.DockerConfig(var path) ->
          new DockerConfigFile(path, namespace, environment, clock);
      case CredentialConfig.Helper(var name) ->
          new CredentialHelper(name, DockerConfigFile.serverName(namespace), environment, clock);
    };
  }
}

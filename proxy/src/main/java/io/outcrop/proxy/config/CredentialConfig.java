package io.outcrop.proxy.config;

import java.nio.file.Path;

/** How to log in at an upstream. Secrets never stand in the configuration itself. */
public sealed interface CredentialConfig {

  /** Not at all. */
  record Anonymous() implements CredentialConfig {}

  /**
   * A user name, and a password or access token in a file of its own.
   *
   * @param username the user
   * @param passwordFile file with the password, surrounding white space dropped; read at each use
   */
  record UserFile(String username, Path passwordFile) implements CredentialConfig {}

  /**
   * A user name, and a password in an environment variable.
   *
   * @param username the user
   * @param passwordVariable name of the environment variable
   */
  record UserEnvironment(String username, String passwordVariable) implements CredentialConfig {}

  /**
   * The file that {@code docker login} and {@code podman login} write; its {@code auths}, {@code
   * credHelpers} and {@code credsStore} are understood.
   *
   * @param path the file; read again when it changes
   */
  record DockerConfig(Path path) implements CredentialConfig {}

  /**
   * A docker credential helper, asked with {@code get}.
   *
   * @param name what follows {@code docker-credential-} in the program's name
   */
  record Helper(String name) implements CredentialConfig {}
}

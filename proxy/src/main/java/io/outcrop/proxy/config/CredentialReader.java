package io.outcrop.proxy.config;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads how to log in at an upstream. */
final class CredentialReader {

  private static final CredentialConfig ANONYMOUS = new CredentialConfig.Anonymous();

  private static final String WAYS =
      "username with passwordFile or passwordVariable; dockerConfig; helper; or anonymous";

  static final String NO_SECRETS =
      "a secret does not belong in this file (expected: passwordFile, the path of a file that"
          + " holds it, or passwordVariable, the name of an environment variable)";

  private static final Form<String> USERNAME =
      Form.matching(Pattern.compile("[^:\\p{Cntrl}]{1,255}"), "a user name, without colon");

  /** A value that does not fit is not shown: it may be the password itself. */
  private static final Form<String> VARIABLE =
      Form.of(
          "name of an environment variable",
          text -> {
            if (!text.matches("[A-Za-z_][A-Za-z0-9_]{0,254}")) {
              throw new RefusedException("not a name (expected: name of an environment variable)");
            }
            return text;
          });

  private static final Form<String> HELPER =
      Form.matching(
          Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}"),
          "what follows docker-credential- in the name of the helper's program");

  private CredentialReader() {}

  static CredentialConfig read(ConfigSection upstream) {
    if (upstream.isScalar("credentials")) {
      return upstream.read("credentials", Form.of(WAYS, CredentialReader::word), ANONYMOUS);
    }
    return upstream.optionalSection("credentials").map(CredentialReader::section).orElse(ANONYMOUS);
  }

  /** Reads the only word that is not a secret; any other is not shown, for it may be one. */
  private static CredentialConfig word(String text) {
    if (!text.equals("anonymous")) {
      throw new RefusedException("a single value (expected: " + WAYS + ")");
    }
    return ANONYMOUS;
  }

  private static CredentialConfig section(ConfigSection section) {
    section.refuse("password", NO_SECRETS);
    Optional<String> username = section.read("username", USERNAME);
    Optional<Path> file = section.read("passwordFile", Form.path("path of a file"));
    Optional<String> variable = section.read("passwordVariable", VARIABLE);
    Optional<Path> docker = section.read("dockerConfig", Form.path("path of a file"));
    Optional<String> helper = section.read("helper", HELPER);

    String keys =
        Stream.of("username", "passwordFile", "passwordVariable", "dockerConfig", "helper")
            .filter(section::hasOwn)
            .collect(Collectors.joining(" "));
    Optional<? extends CredentialConfig> credentials =
        switch (keys) {
          case "username passwordFile" ->
              username.flatMap(user -> file.map(f -> new CredentialConfig.UserFile(user, f)));
          case "username passwordVariable" ->
              username.flatMap(
                  user -> variable.map(v -> new CredentialConfig.UserEnvironment(user, v)));
          case "dockerConfig" -> docker.map(CredentialConfig.DockerConfig::new);
          case "helper" -> helper.map(CredentialConfig.Helper::new);
          default -> {
            if (!section.hasOwn("password")) {
              section.problem((keys.isEmpty() ? "nothing" : keys) + " (expected: " + WAYS + ")");
            }
            yield Optional.empty();
          }
        };
    return credentials.isPresent() ? credentials.get() : ANONYMOUS;
  }
}

package io.outcrop.proxy.cli;

import io.outcrop.proxy.admin.AdminToken;
import io.outcrop.proxy.config.AdminConfig;
import io.outcrop.proxy.config.ConfigException;
import io.outcrop.proxy.config.ConfigLoader;
import io.outcrop.proxy.config.ListenAddress;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every verb that talks to a running edge: where it is, and how to print. */
final class AdminOptions {

  private static final String DEFAULT = "http://127.0.0.1:5001";

  @Option(
      names = "--admin",
      paramLabel = "URL",
      defaultValue = "${OUTCROP_ADMIN}",
      description =
          "The admin listener of the edge; by default what the configuration says, else "
              + DEFAULT
              + ". Also as OUTCROP_ADMIN.")
  private @Nullable String url;

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      defaultValue = "${OUTCROP_CONFIG}",
      description =
          "The configuration of the edge, read for its admin listener and token where --admin does"
              + " not say. Also as OUTCROP_CONFIG.")
  private @Nullable Path config;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      defaultValue = "${OUTCROP_ADMIN_TOKEN_FILE}",
      description =
          "The file with the token that the edge asks for. Also as OUTCROP_ADMIN_TOKEN_FILE.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      defaultValue = "${OUTCROP_ADMIN_CA}",
      description =
          "PEM file of the authorities to trust for https, in place of the platform's. Also as"
              + " OUTCROP_ADMIN_CA.")
  private @Nullable Path authority;

  @Option(names = "--json", description = "Prints what the edge answered, as JSON.")
  private boolean json;

  boolean json() {
    return json;
  }

  /**
   * Makes the client for the edge that is meant.
   *
   * @throws CommandException if the options or the configuration make no sense
   */
  AdminClient connect() throws CommandException {
    Optional<AdminConfig> configured =
        url == null && config != null ? Optional.of(read(config)) : Optional.empty();
    Optional<Path> token =
        Optional.ofNullable(tokenFile).or(() -> configured.flatMap(AdminConfig::tokenFile));
    String base = url != null ? url : configured.map(AdminOptions::address).orElse(DEFAULT);
    return AdminClient.to(
        parse(base),
        token.isEmpty() ? Optional.empty() : Optional.of(secret(token.get())),
        Optional.ofNullable(authority));
  }

  private static AdminConfig read(Path file) throws CommandException {
    try {
      return ConfigLoader.load(file).admin();
    } catch (ConfigException e) {
      throw new CommandException(Main.BAD_CONFIGURATION, String.valueOf(e.getMessage()));
    }
  }

  private static String address(AdminConfig admin) {
    ListenAddress listen = admin.listen();
    boolean everywhere = listen.host().equals("0.0.0.0") || listen.host().equals("::");
    return (admin.tls().isPresent() ? "https://" : "http://")
        + (everywhere ? new ListenAddress("127.0.0.1", listen.port()) : listen);
  }

  private static URI parse(String text) throws CommandException {
    try {
      URI uri = new URI(text);
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (web && uri.getHost() != null && uri.getUserInfo() == null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // Told below.
    }
    throw new CommandException(
        Main.BAD_COMMAND_LINE, "--admin: " + text + " (expected: http://host:port or https://…)");
  }

  private static String secret(Path file) throws CommandException {
    try {
      return AdminToken.readText(file);
    } catch (IOException e) {
      throw new CommandException(Main.BAD_CONFIGURATION, String.valueOf(e.getMessage()));
    }
  }
}

package io.outcrop.proxy.upstream;

import static io.outcrop.proxy.upstream.Fixture.APP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.oci.Namespace;
import io.outcrop.oci.RepositoryName;
import io.outcrop.proxy.config.CredentialConfig;
import io.outcrop.proxy.upstream.Credential.Identity;
import io.outcrop.proxy.upstream.Credential.User;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CredentialStoreTest {

  private static final Namespace QUAY = new Namespace("quay.io");

  private final ManualClock clock = new ManualClock();
  private final Map<String, String> environment = new HashMap<>();

  @TempDir Path folder;

  private CredentialStore store(CredentialConfig config, Namespace namespace) {
    return CredentialStore.of(config, namespace, environment, clock);
  }

  private CredentialStore dockerConfig(Namespace namespace, String json) throws IOException {
    Path file = folder.resolve("config.json");
    Files.writeString(file, json);
    return store(new CredentialConfig.DockerConfig(file), namespace);
  }

  private static String auth(String both) {
    byte[] bytes = both.getBytes(StandardCharsets.UTF_8);
    return "{\"auth\":\"" + Base64.getEncoder().encodeToString(bytes) + "\"}";
  }

  /** A helper program that notes each run, reads the server's name, and prints. */
  private void helper(String name, String script) throws IOException {
    Path file = folder.resolve("docker-credential-" + name);
    Files.writeString(
        file, "#!/bin/sh\nread server\necho \"$1 $server\" >> " + folder + "/runs\n" + script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    environment.put("PATH", folder + ":/usr/bin:/bin");
  }

  @Test
  void userFile_isReadAtEachUse() throws Exception {
    Path file = folder.resolve("password");
    CredentialStore store = store(new CredentialConfig.UserFile("edge", file), QUAY);
    Files.writeString(file, " one\n");
    assertThat(store.find(APP)).isEqualTo(new User("edge", "one"));
    Files.writeString(file, "two");
    assertThat(store.find(APP)).isEqualTo(new User("edge", "two"));
  }

  @Test
  void environment_absent() {
    CredentialStore store = store(new CredentialConfig.UserEnvironment("edge", "NO_SUCH"), QUAY);
    assertThatThrownBy(() -> store.find(APP)).hasMessageContaining("NO_SUCH");
  }

  @Test
  void dockerConfig_hub() throws Exception {
    String json = "{\"auths\":{\"https://index.docker.io/v1/\":" + auth("me:p:w") + "}}";
    assertThat(dockerConfig(Namespace.DOCKER_HUB, json).find(APP)).isEqualTo(new User("me", "p:w"));
    assertThat(dockerConfig(QUAY, json).find(APP)).isEqualTo(Credential.NONE);
  }

  @Test
  void dockerConfig_longestPathWins() throws Exception {
    CredentialStore store =
        dockerConfig(
            QUAY,
            "{\"auths\":{\"quay.io\":"
                + auth("all:x")
                + ",\"quay.io/org\":"
                + auth("org:y")
                + "}}");
    assertThat(store.find(APP)).isEqualTo(new User("org", "y"));
    assertThat(store.find(new RepositoryName("organ/app"))).isEqualTo(new User("all", "x"));
  }

  @Test
  void dockerConfig_isReadAgainWhenItChanges() throws Exception {
    CredentialStore store = dockerConfig(QUAY, "{\"auths\":{\"quay.io\":" + auth("a:1") + "}}");
    assertThat(store.find(APP)).isEqualTo(new User("a", "1"));
    dockerConfig(QUAY, "{\"auths\":{\"quay.io\":{\"identitytoken\":\"t\"}}}");
    Files.setLastModifiedTime(
        folder.resolve("config.json"), FileTime.from(Instant.parse("2030-01-01T00:00:00Z")));
    assertThat(store.find(APP)).isEqualTo(new Identity("t"));
  }

  @Test
  void dockerConfig_malformed_isNotQuoted() throws Exception {
    for (String json :
        new String[] {"{\"auths\":{\"quay.io\":{\"auth\":\"hidden%\"}}}", "{\"hidden\": hidden"}) {
      CredentialStore store = dockerConfig(QUAY, json);
      assertThatThrownBy(() -> store.find(APP))
          .isInstanceOf(IOException.class)
          .hasMessageNotContaining("hidden")
          .hasNoCause();
    }
  }

  @Test
  void helper_isAskedAndRemembered() throws Exception {
    helper("edge", "echo '{\"ServerURL\":\"x\",\"Username\":\"me\",\"Secret\":\"pw\"}'");
    CredentialStore store = store(new CredentialConfig.Helper("edge"), Namespace.DOCKER_HUB);
    assertThat(store.find(APP)).isEqualTo(new User("me", "pw"));
    assertThat(store.find(APP)).isEqualTo(new User("me", "pw"));
    assertThat(folder.resolve("runs")).hasContent("get https://index.docker.io/v1/");

    clock.advance(Duration.ofMinutes(5));
    store.find(APP);
    store.forget();
    store.find(APP);
    assertThat(Files.readAllLines(folder.resolve("runs"))).hasSize(3);
  }

  @Test
  void helper_identityToken() throws Exception {
    helper("edge", "echo '{\"Username\":\"<token>\",\"Secret\":\"refresh\"}'");
    assertThat(store(new CredentialConfig.Helper("edge"), QUAY).find(APP))
        .isEqualTo(new Identity("refresh"));
  }

  @Test
  void helper_knowsNothing() throws Exception {
    helper("edge", "echo 'credentials not found in native keychain'; exit 1");
    assertThat(store(new CredentialConfig.Helper("edge"), QUAY).find(APP))
        .isEqualTo(Credential.NONE);
  }

  @Test
  void helper_fails_withoutQuotingIt() throws Exception {
    helper("edge", "echo hidden; exit 3");
    assertThatThrownBy(() -> store(new CredentialConfig.Helper("edge"), QUAY).find(APP))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("exit status 3")
        .hasMessageNotContaining("hidden");
  }

  @Test
  void helper_absent() {
    environment.put("PATH", folder.toString());
    assertThatThrownBy(() -> store(new CredentialConfig.Helper("none"), QUAY).find(APP))
        .isInstanceOf(IOException.class);
  }

  @Test
  void helper_hangs_isEnded() throws Exception {
    helper("edge", "exec sleep 60");
    CredentialHelper helper =
        new CredentialHelper("edge", "quay.io", environment, clock, Duration.ofMillis(200));
    assertThatThrownBy(() -> helper.find(APP))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no answer within 200 ms");
  }

  @Test
  void helper_nameWithPath_isRefused() {
    assertThatThrownBy(() -> store(new CredentialConfig.Helper("../../bin/sh"), QUAY))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void dockerConfig_helperBeforeAuths_andAuthsWhereItKnowsNothing() throws Exception {
    helper("some", "echo '{\"Username\":\"helped\",\"Secret\":\"pw\"}'");
    helper("nothing", "echo 'credentials not found in native keychain'; exit 1");
    String auths = "\"auths\":{\"quay.io\":" + auth("a:1") + "}";
    assertThat(
            dockerConfig(QUAY, "{\"credHelpers\":{\"quay.io\":\"some\"}," + auths + "}").find(APP))
        .isEqualTo(new User("helped", "pw"));
    assertThat(dockerConfig(QUAY, "{\"credsStore\":\"nothing\"," + auths + "}").find(APP))
        .isEqualTo(new User("a", "1"));
  }
}

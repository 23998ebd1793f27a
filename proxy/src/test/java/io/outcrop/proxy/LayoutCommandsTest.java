package io.outcrop.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.refactor.layout.LayoutWorkspace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The verbs that work on an image layout, with no edge: what they print, and how they end. */
@Timeout(120)
final class LayoutCommandsTest {

  @TempDir Path folder;
  private SmallLayout layout;
  private String dir;

  @BeforeEach
  void make() throws IOException {
    layout = new SmallLayout(folder.resolve("layout"));
    dir = layout.folder.toString();
  }

  /** What all images have. */
  private static SmallLayout.Layer base() {
    return new SmallLayout.Layer()
        .directory("usr")
        .file("usr/base", "base ".repeat(1000))
        .directory("etc")
        .file("etc/passwd", "root");
  }

  private static SmallLayout.Layer app(String content) {
    return new SmallLayout.Layer()
        .directory("opt")
        .directory("opt/app")
        .file("opt/app/program", content.repeat(8_000_000 / content.length()));
  }

  private void twoApps() throws IOException {
    layout.add("one", base(), app("the same program "));
    layout.add("two", base(), new SmallLayout.Layer().file("note", "x"), app("the same program "));
  }

  private static JsonNode json(CommandRun run) {
    return JsonMapper.shared().readTree(run.out());
  }

  private Map<String, String> files() throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(layout.folder)) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        files.put(file.toString(), Digest.sha256(Files.readAllBytes(file)).toString());
      }
    }
    return files;
  }

  @Test
  void refactor_allOfALayout() throws Exception {
    twoApps();
    CommandRun run = CommandRun.of("refactor", "--layout", dir);
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out().lines())
        .anyMatch(
            line -> line.matches("one-refactored sha256:[0-9a-f]{12}: [0-9]+ layers? of .* new"))
        .anyMatch(line -> line.startsWith("two-refactored sha256:"))
        .contains("2 refactored, 0 as they were refactored before, 0 left as they are")
        .anyMatch(line -> line.matches("stored, all different layers +[0-9].*[0-9]\\.[0-9]{3}"));

    CommandRun again = CommandRun.of("refactor", "--layout", dir);
    assertThat(again.out().lines())
        .anyMatch(line -> line.startsWith("one-refactored is as it should be: "))
        .contains("0 refactored, 2 as they were refactored before, 0 left as they are");
    CommandRun verified = CommandRun.of("verify", "--layout", dir);
    assertThat(verified.exitCode()).isZero();
    assertThat(verified.out().lines())
        .hasSize(4)
        .anyMatch(
            line -> line.matches("two-refactored: sound, .*, the same root file system as two"));
  }

  @Test
  void refactor_forPrograms() throws Exception {
    twoApps();
    layout.add("windows", "windows", base());
    CommandRun run = CommandRun.of("refactor", "--layout", dir, "--json");
    assertThat(run.exitCode()).isZero();
    JsonNode document = json(run);
    assertThat(document.path("images")).hasSize(3);
    JsonNode one = document.path("images").get(0);
    assertThat(one.path("outcome").asString()).isEqualTo("refactored");
    assertThat(one.path("name").asString()).isEqualTo("one-refactored");
    assertThat(one.path("platforms").get(0).path("layers").size()).isGreaterThan(1);
    assertThat(document.path("images").get(2).path("platforms").get(0).path("reason").asString())
        .isEqualTo("operating-system");
    assertThat(document.path("before").path("storedBytes").asLong())
        .isGreaterThan(document.path("after").path("stackBytes").asLong() / 10);
  }

  @Test
  void refactor_dryRunWritesNothing() throws Exception {
    twoApps();
    Map<String, String> before = files();
    CommandRun run = CommandRun.of("refactor", "--layout", dir, "--dry-run");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("about ")
        .contains("pulled again: about ")
        .contains("An estimate: nothing was built.");
    assertThat(files()).isEqualTo(before);
    JsonNode document = json(CommandRun.of("refactor", "--layout", dir, "--dry-run", "--json"));
    assertThat(document.path("estimate").asBoolean()).isTrue();
    assertThat(document.path("after").path("images").asInt()).isEqualTo(2);
    assertThat(document.path("pulledAgainBytes").asLong()).isPositive();
  }

  @Test
  void refactor_whatIsLeftHasAReason() throws Exception {
    twoApps();
    layout.add("windows", "windows", base());
    CommandRun all = CommandRun.of("refactor", "--layout", dir);
    assertThat(all.exitCode()).as("not all images of a layout are for us").isZero();
    assertThat(all.out())
        .contains("windows is left as it is: operating-system: operating system: 'windows'");
    CommandRun named = CommandRun.of("refactor", "windows", "--layout", dir);
    assertThat(named.exitCode()).isEqualTo(1);
    assertThat(named.err()).isEqualTo("outcrop: not refactored: windows\n");
  }

  @Test
  void refactor_damagedImagesFail() throws Exception {
    Descriptor entry = layout.add("one", base());
    Files.delete(layout.blob(entry.digest()));
    CommandRun run = CommandRun.of("refactor", "--layout", dir);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).contains("one is left as it is: content-missing: ");
    assertThat(run.err()).isEqualTo("outcrop: not refactored: one\n");
  }

  @Test
  void refactor_onlyOneAtATime() throws Exception {
    twoApps();
    try (LayoutWorkspace _ = LayoutWorkspace.open(layout.folder)) {
      CommandRun run = CommandRun.of("refactor", "--layout", dir);
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err())
          .isEqualTo(
              "outcrop: "
                  + dir
                  + ": is being refactored by another process; run this again when it has ended\n");
    }
  }

  @Test
  void refactor_compressionAndLayers() throws Exception {
    twoApps();
    CommandRun run =
        CommandRun.of(
            "refactor",
            "one",
            "--layout",
            dir,
            "--compression",
            "zstd",
            "--level",
            "5",
            "--max-layers",
            "2",
            "--threshold",
            "4KiB",
            "--cpus",
            "1",
            "--json");
    assertThat(run.err()).isEmpty();
    JsonNode layers = json(run).path("images").get(0).path("platforms").get(0).path("layers");
    assertThat(layers).hasSize(2);
    byte[] blob =
        Files.readAllBytes(layout.blob(Digest.parse(layers.get(0).path("digest").asString())));
    assertThat(blob).startsWith(0x28, 0xb5, 0x2f, 0xfd);
    assertThat(CommandRun.of("verify", "one", "--layout", dir).exitCode()).isZero();
  }

  @Test
  void commandLinesThatMakeNoSense() throws Exception {
    layout.add("one", base());
    for (List<String> arguments :
        List.of(
            List.of("refactor"),
            List.of("verify"),
            List.of("inspect", "one"),
            List.of("inspect", "--layout", dir),
            List.of("refactor", "--layout", dir, "--level", "10"),
            List.of("refactor", "--layout", dir, "--compression", "zstd", "--level", "0"),
            List.of("refactor", "--layout", dir, "--compression", "xz"),
            List.of("refactor", "--layout", dir, "--max-layers", "0"),
            List.of("refactor", "--layout", dir, "--threshold", "many"),
            List.of("refactor", "--layout", dir, "--threshold", "1"),
            List.of("refactor", "--layout", dir, "--cpus", "0"),
            List.of("refactor", "plan", "--layout", dir),
            List.of("refactor", "plan", "--layout", dir, "--output", "x", "--max-layers", "0"))) {
      CommandRun run = CommandRun.of(arguments.toArray(String[]::new));
      assertThat(run.exitCode()).as(arguments.toString()).isEqualTo(2);
      assertThat(run.err()).as(arguments.toString()).isNotBlank();
    }
  }

  @Test
  void imagesThatAreNotThere() throws Exception {
    layout.add("one", base());
    for (String verb : List.of("refactor", "inspect", "verify")) {
      CommandRun run = CommandRun.of(verb, "other", "--layout", dir);
      assertThat(run.exitCode()).isEqualTo(3);
      assertThat(run.err()).isEqualTo("outcrop: " + dir + ": has no image 'other'; it has: one\n");
      CommandRun nowhere = CommandRun.of(verb, "one", "--layout", folder.resolve("no").toString());
      assertThat(nowhere.exitCode()).isEqualTo(1);
      assertThat(nowhere.err()).contains("no OCI image layout");
    }
  }

  @Test
  void plan_isLearnedSignedAndFollowed() throws Exception {
    twoApps();
    KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    Path key = pem("PRIVATE KEY", keys.getPrivate().getEncoded());
    Path trusted = pem("PUBLIC KEY", keys.getPublic().getEncoded());
    Path other =
        pem(
            "PUBLIC KEY",
            KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic().getEncoded());
    String plan = folder.resolve("plan").toString();

    CommandRun learned =
        CommandRun.of(
            "refactor", "plan", "--layout", dir, "--output", plan, "--key", key.toString());
    assertThat(learned.err()).isEmpty();
    assertThat(learned.out()).matches("\\S+: [0-9]+ bundles? learned from 2 images, .*\n");
    byte[] first = Files.readAllBytes(Path.of(plan));

    CommandRun followed =
        CommandRun.of(
            "refactor", "--layout", dir, "--plan", plan, "--plan-key", trusted.toString());
    assertThat(followed.err()).isEmpty();
    assertThat(followed.exitCode()).isZero();
    assertThat(CommandRun.of("verify", "--layout", dir).exitCode()).isZero();
    JsonNode one = json(CommandRun.of("inspect", "one-refactored", "--layout", dir, "--json"));
    assertThat(one.path("images").get(0).path("layers").valueStream())
        .anyMatch(layer -> layer.path("sharedWith").toString().contains("two-refactored"));

    assertThat(
            CommandRun.of(
                    "refactor", "--layout", dir, "--plan", plan, "--plan-key", other.toString())
                .err())
        .contains("not trusted");
    CommandRun again =
        CommandRun.of(
            "refactor", "plan", "two", "one", "--layout", dir, "--output", plan, "--json");
    assertThat(Files.readAllBytes(Path.of(plan))).as("whatever the order").isEqualTo(first);
    assertThat(json(again).path("digest").asString()).isEqualTo(Digest.sha256(first).toString());
    CommandRun unsigned =
        CommandRun.of(
            "refactor", "--layout", dir, "--plan", plan, "--plan-key", trusted.toString());
    assertThat(unsigned.exitCode()).isEqualTo(1);
    assertThat(unsigned.err()).contains("has no signature");
    Files.writeString(Path.of(plan), "no plan");
    CommandRun damaged = CommandRun.of("refactor", "--layout", dir, "--plan", plan);
    assertThat(damaged.exitCode()).isEqualTo(1);
    assertThat(damaged.err()).startsWith("outcrop: " + plan + ": ");
    CommandRun wrongKey =
        CommandRun.of(
            "refactor", "plan", "--layout", dir, "--output", plan, "--key", trusted.toString());
    assertThat(wrongKey.exitCode()).isEqualTo(78);
  }

  private Path pem(String kind, byte[] encoded) throws IOException {
    Path file = Files.createTempFile(folder, "key", ".pem");
    return Files.writeString(
        file,
        "-----BEGIN "
            + kind
            + "-----\n"
            + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(encoded)
            + "\n-----END "
            + kind
            + "-----\n");
  }

  @Test
  void inspect_drawsTheLayersTheLowestAtTheBottom() throws Exception {
    twoApps();
    CommandRun run = CommandRun.of("inspect", "two", "--layout", dir);
    assertThat(run.exitCode()).isZero();
    List<String> lines = run.out().lines().toList();
    assertThat(lines.getFirst())
        .matches("two sha256:[0-9a-f]{64}: 3 layers, .* in other images too");
    assertThat(lines).hasSize(5);
    assertThat(lines.get(1)).contains("step 3 (one)").contains("=");
    assertThat(lines.get(2)).endsWith(" step 2").contains("#");
    assertThat(lines.get(3)).contains("step 1 (one)");
    assertThat(run.out()).as("nobody looks at a terminal").isASCII();
    assertThat(run.out().lines().skip(1)).allMatch(line -> line.length() <= 80);
  }

  @Test
  void inspect_tellsWhatIsInTheLayers() throws Exception {
    twoApps();
    CommandRun run = CommandRun.of("inspect", "one", "--layout", dir, "--contents", "--json");
    JsonNode layer = json(run).path("images").get(0).path("layers").get(1);
    assertThat(layer.path("entries").asInt()).isEqualTo(3);
    assertThat(layer.path("unpackedBytes").asLong()).isEqualTo(8_000_000 / 17 * 17);
    assertThat(layer.path("largest").get(0).path("path").asString()).isEqualTo("/opt/app");
    assertThat(layer.path("sharedWith").get(0).asString()).isEqualTo("two");
    assertThat(CommandRun.of("inspect", "one", "--layout", dir, "--contents").out())
        .contains("3 entries, 7.6 MiB in /opt/app: ");
  }

  @Test
  void verify_findsWhatIsWrong() throws Exception {
    twoApps();
    CommandRun.of("refactor", "one", "--layout", dir);
    JsonNode layers =
        json(CommandRun.of("inspect", "one-refactored", "--layout", dir, "--json"))
            .path("images")
            .get(0)
            .path("layers");
    Path damaged = layout.blob(Digest.parse(layers.get(0).path("digest").asString()));
    byte[] bytes = Files.readAllBytes(damaged);
    bytes[bytes.length / 2] ^= 1;
    Files.write(damaged, bytes);
    CommandRun run = CommandRun.of("verify", "one", "--layout", dir);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).isEqualTo("outcrop: 1 of 2 images are not as they should be\n");
    assertThat(run.out()).contains("one-refactored: NOT SOUND").contains("its bytes hash to");
    JsonNode document = json(CommandRun.of("verify", "--layout", dir, "--json"));
    assertThat(document.path("images").valueStream().filter(one -> one.path("sound").asBoolean()))
        .hasSize(2);
  }
}

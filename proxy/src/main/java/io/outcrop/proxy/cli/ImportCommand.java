package io.outcrop.proxy.cli;

import io.outcrop.proxy.config.ByteSize;
import io.outcrop.proxy.media.EdgeContent;
import io.outcrop.proxy.media.EdgeContent.Known;
import io.outcrop.proxy.media.ImageName;
import io.outcrop.proxy.media.ImportImage;
import io.outcrop.proxy.media.ImportOrigin;
import io.outcrop.proxy.media.ImportResult;
import io.outcrop.proxy.media.NameRule;
import io.outcrop.proxy.media.Watch;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code outcrop import}: images from an OCI image layout into an edge. */
@Command(
    name = "import",
    description = {
      "Brings the images of an OCI image layout to the edge, which verifies every digest and serves"
          + " them without an uplink.",
      "What the edge holds already is not sent again, so a cut import is run once more."
    },
    mixinStandardHelpOptions = true)
final class ImportCommand extends MediaCommand {

  private static final String PIPE = "-";
  private static final Path STANDARD_INPUT = Path.of("/dev/stdin");

  @Parameters(
      paramLabel = "DIR|FILE.tar|-",
      description = "A folder, a tar file, or a tar on standard input.")
  private String from = "";

  @Option(
      names = "--as",
      paramLabel = "REFERENCE",
      description =
          "What the image is called, such as docker.io/library/debian:12-slim, or the repository of"
              + " them all. Needed where the layout names tags only.")
  private @Nullable String as;

  @Option(
      names = "--pin",
      description = "Pins the images, so that they stay whatever else there is no room for.")
  private boolean pin;

  @Option(
      names = "--private",
      description =
          "The images are not for everybody to read at their registry; only their own repositories"
              + " are given their content. An exported layout says so by itself.")
  private boolean isPrivate;

  @Option(
      names = "--force",
      description = "Sets tags also where the edge knows of a later time what they mean.")
  private boolean force;

  @Option(
      names = "--spool",
      paramLabel = "DIR",
      description =
          "Where a tar on standard input is kept until it is whole, if its index does not come"
              + " first. By default the folder for temporary files.")
  private @Nullable Path spool;

  @Override
  void carry(AdminClient client, EdgeContent edge, Watch watch, PrintStream out)
      throws IOException, CommandException {
    ImportResult result =
        origin().importInto(edge, new ImportOrigin.Options(names(), isPrivate, force), watch);
    if (pin) {
      pin(client, result);
    }
    report(result, watch, out);
    if (result.evicted() > 0) {
      throw new CommandException(
          Main.FAILED,
          result.evicted()
              + " pieces of content had to leave for others of this import: raise storage.capacity,"
              + " or carry fewer images");
    }
  }

  private ImportOrigin origin() {
    if (!from.equals(PIPE)) {
      return new ImportOrigin.InPath(Path.of(from));
    }
    // A file that the shell has opened may be read in any order.
    return Files.isRegularFile(STANDARD_INPUT)
        ? new ImportOrigin.InPath(STANDARD_INPUT)
        : new ImportOrigin.Pipe(
            System.in,
            Optional.ofNullable(spool)
                .orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir", "/tmp"))));
  }

  private NameRule names() throws CommandException {
    if (as == null) {
      return NameRule.AS_IT_SAYS;
    }
    Optional<ImageName> name = ImageName.parse(as);
    if (name.isEmpty()) {
      throw new CommandException(
          Main.BAD_COMMAND_LINE,
          "--as: " + as + " (expected: a full name, such as docker.io/library/debian:12-slim)");
    }
    return new NameRule(name);
  }

  private static void pin(AdminClient client, ImportResult result) throws CommandException {
    for (ImportImage image : result.images()) {
      ObjectNode body = JsonMapper.shared().createObjectNode();
      ArrayNode platforms = body.putArray("platforms");
      // Of an index, what was brought: the others could not be fetched where this is used.
      List<String> brought =
          image.platforms().stream().filter(platform -> platform.indexOf('/') > 0).toList();
      (brought.isEmpty() ? List.of("all") : brought).forEach(platforms::add);
      var _ =
          client.send(
              "PUT",
              AdminClient.path("/admin/v1/pins/", image.name().toString()),
              Optional.of(body));
    }
  }

  private void report(ImportResult result, Watch watch, PrintStream out) {
    if (json()) {
      print(out, document(result));
      return;
    }
    for (ImportImage image : result.images()) {
      StringBuilder line = new StringBuilder(image.name().toString());
      if (!image.platforms().isEmpty()) {
        line.append(" (").append(String.join(", ", image.platforms())).append(')');
      }
      watch.say(line.append(pin ? ", pinned" : "").toString());
    }
    result.keptTags().forEach((name, known) -> watch.say(kept(name, known)));
    watch.say(
        "%s: %s sent, %s were held"
            .formatted(
                images(result.images().size()),
                new ByteSize(result.sentBytes()),
                new ByteSize(result.heldBytes())));
  }

  private static String kept(String name, Known known) {
    return "%s goes on meaning %s, which is known from a later time (%s); --force sets it"
        .formatted(name, known.digest(), known.confirmedAt());
  }

  private ObjectNode document(ImportResult result) {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("from", from)
        .put("sentBytes", result.sentBytes())
        .put("heldBytes", result.heldBytes())
        .put("evictedPieces", result.evicted());
    ArrayNode list = root.putArray("images");
    for (ImportImage image : result.images()) {
      ObjectNode node =
          list.addObject()
              .put("image", image.name().toString())
              .put("digest", image.root().digest().toString())
              .put("private", image.isPrivate())
              .put("pinned", pin);
      image.platforms().forEach(node.putArray("platforms")::add);
      image.absent().forEach(node.putArray("platformsAbsent")::add);
      Optional.ofNullable(result.keptTags().get(image.name().toString()))
          .ifPresent(known ->
              node.putObject("keptTag")
                  .put("digest", known.digest().toString())
                  .put("confirmedAt", known.confirmedAt().toString()));
    }
    return root;
  }
}

package io.outcrop.proxy.cli;

import io.outcrop.oci.Digest;
import io.outcrop.oci.InvalidNameException;
import io.outcrop.oci.Repository;
import io.outcrop.oci.Tag;
import io.outcrop.proxy.config.ByteSize;
import io.outcrop.proxy.images.Platforms;
import io.outcrop.proxy.media.EdgeContent;
import io.outcrop.proxy.media.EdgeContent.Known;
import io.outcrop.proxy.media.ExportImage;
import io.outcrop.proxy.media.ExportPlan;
import io.outcrop.proxy.media.ExportPlanner;
import io.outcrop.proxy.media.ExportPlanner.Wanted;
import io.outcrop.proxy.media.ExportResult;
import io.outcrop.proxy.media.ExportTarget;
import io.outcrop.proxy.media.ImageName;
import io.outcrop.proxy.media.PlatformChoice;
import io.outcrop.proxy.media.Watch;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code outcrop export}: images from an edge into an OCI image layout. */
@Command(
    name = "export",
    description = {
      "Writes images that the edge holds to an OCI image layout, to be carried to a site without an"
          + " uplink.",
      "What is there already is not written again, so a cut export is run once more, and more"
          + " images can be added to a folder."
    },
    mixinStandardHelpOptions = true)
final class ExportCommand extends MediaCommand {

  private static final String PIPE = "-";

  @Parameters(
      paramLabel = "IMAGE",
      arity = "0..*",
      description = "The images, such as debian:12-slim or quay.io/org/app@sha256:…")
  private List<String> images = List.of();

  @Option(names = "--all", description = "All images that are held; incomplete ones are left out.")
  private boolean all;

  @Option(
      names = "--to",
      paramLabel = "DIR|FILE.tar|-",
      required = true,
      description = "A folder, a tar file, or a tar on standard output.")
  private String to = "";

  @Option(
      names = "--platform",
      paramLabel = "OS/ARCH",
      split = ",",
      description =
          "Of an index, these platforms, which have to be held whole. By default all that are.")
  private List<String> platforms = List.of();

  @Option(
      names = "--allow-incomplete",
      description = "Takes of an image what is held, rather than all or nothing.")
  private boolean incompleteToo;

  @Option(
      names = "--verify",
      description = "Reads what is there already and checks it, rather than look at its length.")
  private boolean verify;

  @Override
  void carry(AdminClient client, EdgeContent edge, Watch watch, PrintStream out)
      throws IOException, CommandException {
    if (images.isEmpty() != all) {
      throw new CommandException(Main.BAD_COMMAND_LINE, "name the images to export, or say --all");
    }
    ExportPlanner planner = new ExportPlanner(edge, choice(), incompleteToo);
    ExportPlan plan =
        all ? planner.all(everything(client, edge)) : planner.named(wanted(client, edge));
    if (plan.units().isEmpty()) {
      planner.skipped().forEach((image, why) -> watch.say(why));
      throw new CommandException(Main.NOT_FOUND, "no image is held whole");
    }
    ExportResult result = target().export(edge, plan, verify, watch);
    // Standard output may be the tar.
    report(plan, planner.skipped(), result, watch, to.equals(PIPE) ? System.err : out);
    if (!result.failed().isEmpty()) {
      throw new CommandException(
          Main.FAILED,
          images(result.failed().size()) + " could not be written to " + to + ": see above");
    }
  }

  private PlatformChoice choice() throws CommandException {
    if (platforms.isEmpty()) {
      return new PlatformChoice.Held();
    }
    try {
      Platforms wanted = Platforms.parse(platforms);
      return new PlatformChoice.Certain(platform -> wanted.include(Optional.of(platform)));
    } catch (IllegalArgumentException e) {
      throw new CommandException(Main.BAD_COMMAND_LINE, "--platform: " + e.getMessage());
    }
  }

  private ExportTarget target() {
    if (to.equals(PIPE)) {
      return new ExportTarget.Pipe(System.out);
    }
    Path path = Path.of(to);
    boolean tar = Files.isRegularFile(path) || (to.endsWith(".tar") && !Files.isDirectory(path));
    return tar ? new ExportTarget.TarFile(path) : new ExportTarget.Folder(path);
  }

  private List<Wanted> wanted(AdminClient client, EdgeContent edge)
      throws IOException, CommandException {
    List<Wanted> wanted = new ArrayList<>();
    for (String image : images) {
      JsonNode found = client.get(AdminClient.path("/admin/v1/images/", image));
      wanted.add(wanted(edge, found, image.indexOf('@') < 0 ? tag(image) : Optional.empty()));
    }
    return wanted;
  }

  private static List<Wanted> everything(AdminClient client, EdgeContent edge)
      throws IOException, CommandException {
    List<Wanted> wanted = new ArrayList<>();
    String after = "";
    do {
      JsonNode page =
          client.get(
              "/admin/v1/images" + (after.isEmpty() ? "" : AdminClient.path("?after=", after)));
      for (JsonNode image : page.path("images")) {
        if (image.path("tags").isEmpty()) {
          wanted.add(wanted(edge, image, Optional.empty()));
        }
        for (JsonNode tag : image.path("tags")) {
          wanted.add(wanted(edge, image, Optional.of(new Tag(tag.asString("")))));
        }
      }
      after = page.path("next").asString("");
    } while (!after.isEmpty());
    return wanted;
  }

  private static Wanted wanted(EdgeContent edge, JsonNode image, Optional<Tag> tag)
      throws IOException {
    String name = image.path("repository").asString("");
    int slash = name.indexOf('/');
    Repository repository =
        Repository.of(name.substring(0, Math.max(0, slash)), name.substring(slash + 1));
    Digest digest = Digest.parse(image.path("digest").asString(""));
    if (tag.isEmpty()) {
      return new Wanted(ImageName.of(repository, digest), digest, Optional.empty());
    }
    Optional<Known> known = edge.tag(repository, tag.get());
    return new Wanted(
        ImageName.of(repository, tag.get()),
        known.map(Known::digest).orElse(digest),
        known.map(Known::confirmedAt));
  }

  /** The tag in a name that the edge has understood. */
  private static Optional<Tag> tag(String image) {
    int colon = image.lastIndexOf(':');
    try {
      return Optional.of(
          new Tag(colon > image.lastIndexOf('/') ? image.substring(colon + 1) : "latest"));
    } catch (InvalidNameException e) {
      return Optional.empty();
    }
  }

  private void report(
      ExportPlan plan,
      Map<String, String> skipped,
      ExportResult result,
      Watch watch,
      PrintStream out) {
    if (json()) {
      print(out, document(plan, skipped, result));
      return;
    }
    skipped.forEach((image, why) -> watch.say("left out: " + why));
    plan.units().stream()
        .filter(unit -> !result.failed().containsKey(unit.image().name().toString()))
        .forEach(unit -> watch.say(line(unit)));
    watch.say(
        "%s in %s: %s written, %s were there"
            .formatted(
                images(plan.units().size() - result.failed().size()),
                to,
                new ByteSize(result.writtenBytes()),
                new ByteSize(result.foundBytes())));
  }

  private static String line(ExportPlan.Unit unit) {
    ExportImage image = unit.image();
    StringBuilder line = new StringBuilder(image.name().toString());
    line.append(" (").append(new ByteSize(image.bytes()));
    if (!image.platforms().isEmpty()) {
      line.append(", ").append(String.join(", ", image.platforms()));
    }
    if (!unit.referrers().isEmpty()) {
      line.append(", ")
          .append(unit.referrers().size())
          .append(unit.referrers().size() == 1 ? " referrer" : " referrers");
    }
    line.append(')');
    if (!image.leftOut().isEmpty()) {
      line.append("; not held whole: ").append(String.join(", ", image.leftOut()));
    }
    if (!image.missing().isEmpty()) {
      line.append("; incomplete: ").append(image.missing().size()).append(" pieces are missing");
    }
    return line.toString();
  }

  private ObjectNode document(ExportPlan plan, Map<String, String> skipped, ExportResult result) {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("to", to)
        .put("writtenBytes", result.writtenBytes())
        .put("foundBytes", result.foundBytes());
    ArrayNode list = root.putArray("images");
    for (ExportPlan.Unit unit : plan.units()) {
      ExportImage image = unit.image();
      String name = image.name().toString();
      if (result.failed().containsKey(name)) {
        continue;
      }
      ObjectNode node =
          list.addObject()
              .put("image", name)
              .put("digest", image.root().digest().toString())
              .put("bytes", image.bytes())
              .put("complete", image.missing().isEmpty())
              .put("private", image.isPrivate())
              .put("referrers", unit.referrers().size());
      image.platforms().forEach(node.putArray("platforms")::add);
      image.leftOut().forEach(node.putArray("platformsLeftOut")::add);
    }
    reasons(root.putArray("leftOut"), skipped);
    reasons(root.putArray("failed"), result.failed());
    return root;
  }

  private static void reasons(ArrayNode list, Map<String, String> reasons) {
    reasons.forEach((image, why) -> list.addObject().put("image", image).put("reason", why));
  }
}

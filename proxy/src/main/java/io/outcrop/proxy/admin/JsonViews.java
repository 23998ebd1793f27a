package io.outcrop.proxy.admin;

import io.outcrop.oci.Repository;
import io.outcrop.proxy.images.HeldImage;
import io.outcrop.proxy.images.ImageEviction.Evicted;
import io.outcrop.proxy.images.PinStatus;
import io.outcrop.proxy.jobs.Job;
import io.outcrop.proxy.jobs.Progress;
import io.outcrop.storage.Departure;
import io.outcrop.storage.Explanation;
import io.outcrop.storage.Pin;
import io.outcrop.storage.cache.Standing;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** How things look in the answers of the admin API. Stateless. */
final class JsonViews {

  private static final JsonMapper JSON = JsonMapper.shared();

  private JsonViews() {}

  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  static ObjectNode job(Job job) {
    ObjectNode node =
        object()
            .put("id", job.id())
            .put("kind", job.kind())
            .put("subject", job.subject())
            .put("state", word(job.state()))
            .put("startedAt", job.startedAt().toString());
    job.endedAt().ifPresent(at -> node.put("endedAt", at.toString()));
    job.problem().ifPresent(problem -> node.put("problem", problem));
    job.result().ifPresent(result -> node.put("result", result));
    Progress progress = job.progress();
    node.put("donePieces", progress.donePieces())
        .put("pieces", progress.pieces())
        .put("doneBytes", progress.doneBytes())
        .put("bytes", progress.bytes());
    return node;
  }

  static ObjectNode pin(PinStatus status) {
    Pin pin = status.pin();
    ObjectNode node =
        object()
            .put("image", pin.name())
            .put("digest", pin.root().toString())
            .put("state", word(status.state()))
            .put("since", pin.since().toString());
    texts(node.putArray("platforms"), pin.platforms().isEmpty() ? List.of("all") : pin.platforms());
    node.put("pieces", pin.content().size())
        .put("bytes", pin.content().values().stream().mapToLong(Long::longValue).sum())
        .put("missingPieces", status.missingPieces())
        .put("missingBytes", status.missingBytes());
    status.job().ifPresent(job -> node.set("job", job(job)));
    status.problem().ifPresent(problem -> node.put("problem", problem));
    return node;
  }

  static ObjectNode image(HeldImage image) {
    ObjectNode node =
        object()
            .put("image", image.name())
            .put("repository", image.repository().toString())
            .put("digest", image.root().toString());
    texts(node.putArray("tags"), image.tags());
    texts(node.putArray("platforms"), image.platforms());
    node.put("bytes", image.bytes())
        .put("complete", image.missingPieces() == 0)
        .put("missingPieces", image.missingPieces())
        .put("missingBytes", image.missingBytes());
    image.lastUse().ifPresent(at -> node.put("lastUse", at.toString()));
    texts(node.putArray("pinnedBy"), image.pins());
    return node;
  }

  /** Puts into a node why some content is here, or is not. */
  static void explain(
      ObjectNode node,
      Optional<Explanation> explanation,
      Optional<Instant> lastUse,
      List<Repository> repositories) {
    node.put("resident", explanation.filter(Explanation::isResident).isPresent());
    explanation
        .flatMap(Explanation::info)
        .ifPresent(info -> {
          node.put("bytes", info.size());
          info.mediaType().ifPresent(type -> node.put("mediaType", type.value()));
          node.put("origin", word(info.origin()));
        });
    explanation.flatMap(Explanation::standing).ifPresent(standing -> standing(node, standing));
    lastUse.ifPresent(at -> node.put("lastUse", at.toString()));
    explanation.map(Explanation::readers).ifPresent(readers -> node.put("readers", readers));
    texts(node.putArray("pinnedBy"), explanation.map(Explanation::pins).orElse(List.of()));
    explanation
        .flatMap(Explanation::departure)
        .ifPresent(departure -> departure(node.putObject("departure"), departure));
    texts(node.putArray("repositories"), repositories.stream().map(Repository::toString).toList());
  }

  static ObjectNode evicted(Evicted evicted) {
    return object()
        .put("evictedPieces", evicted.pieces())
        .put("evictedBytes", evicted.bytes())
        .put("keptPieces", evicted.keptPieces());
  }

  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static void standing(ObjectNode node, Standing standing) {
    node.put("list", word(standing.list()))
        .put("frequency", standing.frequency())
        .put("costSeconds", standing.costSeconds())
        .put("value", standing.value())
        .put("stackState", word(standing.stackState()))
        .put("lastAccess", Instant.ofEpochMilli(standing.lastAccessMillis()).toString());
  }

  private static void departure(ObjectNode node, Departure departure) {
    node.put("reason", word(departure.reason()))
        .put("at", departure.at().toString())
        .put("bytes", departure.bytes());
    departure.standing().ifPresent(standing -> standing(node.putObject("standing"), standing));
  }

  private static void texts(ArrayNode array, Collection<String> texts) {
    texts.forEach(array::add);
  }
}

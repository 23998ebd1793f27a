package io.outcrop.proxy.admin;

import io.outcrop.storage.ContentStore;
import io.outcrop.storage.Damaged;
import io.outcrop.storage.Quarantined;
import io.outcrop.storage.ScrubOptions;
import io.outcrop.storage.ScrubPass;
import io.outcrop.storage.ScrubStatus;
import io.outcrop.storage.Scrubber;
import io.outcrop.storage.StoreException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The scrub: what it does, what is damaged; and to begin, pause and go on. Thread-safe. */
public final class ScrubRoutes {

  private static final String PATH = "/admin/v1/scrub";
  private static final int MOST_WAITING = 100;
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Scrubber scrubber;
  private final ScrubOptions options;
  private final ContentStore store;

  /** Tells of the scrub of a store. */
  public ScrubRoutes(Scrubber scrubber, ScrubOptions options, ContentStore store) {
    this.scrubber = scrubber;
    this.options = options;
    this.store = store;
  }

  /** The routes. */
  public List<Route> routes() {
    return List.of(
        Route.get(PATH, request -> Answers.json(render())),
        Route.post(
            PATH,
            request -> {
              scrubber.goOn();
              return Answers.json(render());
            }),
        Route.delete(
            PATH,
            request -> {
              scrubber.pause();
              return Answers.json(render());
            }));
  }

  private ObjectNode render() throws StoreException {
    ScrubStatus status = scrubber.status();
    ObjectNode root = JSON.createObjectNode();
    root.put("activity", lowerCase(status.activity()))
        .put("bytesPerSecond", options.bytesPerSecond());
    options.interval().ifPresent(time -> root.put("intervalSeconds", time.toSeconds()));
    status.current().ifPresent(pass -> pass(root.putObject("current"), pass));
    status.last().ifPresent(pass -> pass(root.putObject("last"), pass));
    status.nextAt().ifPresent(at -> root.put("nextAt", at.toString()));
    ArrayNode damaged = root.putArray("damaged");
    for (Damaged waiting : store.damageLog().pending(Optional.empty(), MOST_WAITING)) {
      damaged
          .addObject()
          .put("digest", waiting.content().toString())
          .put("bytes", waiting.info().size())
          .put("kind", lowerCase(waiting.kind()))
          .put("finder", lowerCase(waiting.finder()))
          .put("at", waiting.at().toString());
    }
    ArrayNode quarantine = root.putArray("quarantine");
    for (Quarantined piece : store.quarantined()) {
      quarantine
          .addObject()
          .put("name", piece.name())
          .put("digest", piece.content().toString())
          .put("bytes", piece.bytes());
    }
    return root;
  }

  private static void pass(ObjectNode node, ScrubPass pass) {
    node.put("startedAt", pass.startedAt().toString());
    pass.endedAt().ifPresent(at -> node.put("endedAt", at.toString()));
    node.put("checked", pass.checked())
        .put("bytes", pass.bytes())
        .put("damaged", pass.damaged())
        .put("progress", pass.progress());
  }

  private static String lowerCase(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}

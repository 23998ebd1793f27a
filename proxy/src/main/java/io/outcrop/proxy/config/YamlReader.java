package io.outcrop.proxy.config;

import io.outcrop.proxy.config.ConfigValue.Entry;
import io.outcrop.proxy.config.ConfigValue.Items;
import io.outcrop.proxy.config.ConfigValue.Mapping;
import io.outcrop.proxy.config.ConfigValue.Scalar;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads one YAML document into values that know their place.
 *
 * <p>Built on events rather than on the library's node graph: depth and aliases are bounded while
 * reading, an alias shares its value instead of copying it, and no cycle can arise since an anchor
 * is known only once its value is complete.
 */
final class YamlReader {

  private static final int MAX_DEPTH = 32;
  private static final int MAX_ALIASES = 100;

  private final String source;
  private final Path folder;
  private final Problems problems;
  private final Iterator<Event> events;
  private final Map<Anchor, ConfigValue> anchors = new HashMap<>();
  private Origin last;
  private int aliases;

  private YamlReader(String source, String text, Path folder, Problems problems) {
    this.source = source;
    this.folder = folder;
    this.problems = problems;
    this.last = new Origin(source, 1, 1, folder);
    // One buffer for all: the library fails on a surrogate pair that ends beyond its buffer.
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(source)
            .setBufferSize(text.length() + 1)
            .setCodePointLimit(Integer.MAX_VALUE)
            .build();
    this.events = new Parse(settings).parseString(text).iterator();
  }

  /**
   * Reads a document; an empty one is an empty mapping.
   *
   * @throws ConfigException if it is not YAML, or not a mapping
   */
  static Mapping read(String source, String text, Path folder, Problems problems) {
    try {
      return new YamlReader(source, text, folder, problems).document();
    } catch (MarkedYamlEngineException e) {
      Origin origin =
          e.getProblemMark()
              .or(e::getContextMark)
              .map(mark -> origin(source, folder, mark))
              .orElse(new Origin(source, 0, 0, folder));
      String context = e.getContext() == null ? "" : " (" + e.getContext() + ')';
      throw problems.fatal(origin, Shown.sentence("not YAML: " + e.getProblem() + context));
    } catch (ReaderException e) {
      throw problems.fatal(
          positionOf(e.getPosition(), text, source, folder),
          String.format("not YAML: character U+%04X is not allowed", e.getCodePoint()));
    } catch (YamlEngineException e) {
      throw problems.fatal(
          new Origin(source, 0, 0, folder), Shown.sentence("not YAML: " + e.getMessage()));
    }
  }

  private Mapping document() {
    next(); // the start of the stream
    if (!(next() instanceof DocumentStartEvent)) {
      return Mapping.empty(new Origin(source, 1, 1, folder));
    }
    ConfigValue root = value(next(), 0);
    next(); // the end of the document
    if (next() instanceof DocumentStartEvent second) {
      throw problems.fatal(origin(second), "a second document (expected: one in a file)");
    }
    return switch (root) {
      case Mapping mapping -> mapping;
      case Scalar scalar when scalar.isMissing() -> Mapping.empty(scalar.origin());
      case Scalar _, Items _ ->
          throw problems.fatal(
              root.origin(), root.kind() + " (expected: keys and values, such as 'edge: …')");
    };
  }

  private ConfigValue value(Event event, int depth) {
    if (event instanceof AliasEvent alias) {
      return aliased(alias);
    }
    if (depth > MAX_DEPTH) {
      throw problems.fatal(origin(event), "nested deeper than " + MAX_DEPTH + " levels");
    }
    refuseTag(event);
    ConfigValue value =
        switch (event) {
          case MappingStartEvent start -> mapping(start, depth);
          case SequenceStartEvent start -> items(start, depth);
          case ScalarEvent scalar ->
              new Scalar(origin(scalar), scalar.getValue(), scalar.isPlain());
          default -> throw new IllegalStateException("event: " + event + " (expected: a value)");
        };
    ((NodeEvent) event).getAnchor().ifPresent(anchor -> anchors.put(anchor, value));
    return value;
  }

  private Mapping mapping(MappingStartEvent start, int depth) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (Event event = next(); !isEnd(event); event = next()) {
      Origin origin = origin(event);
      ConfigValue key = value(event, depth + 1);
      ConfigValue value = value(next(), depth + 1);
      if (!(key instanceof Scalar name)) {
        problems.add(origin, key.kind() + " as a key (expected: a name)");
        continue;
      }
      Entry first = entries.putIfAbsent(name.text(), new Entry(origin, value));
      if (first != null) {
        problems.add(
            origin,
            "duplicate key '%s' (first in line %d)"
                .formatted(Shown.of(name.text()), first.origin().line()));
      }
    }
    return new Mapping(origin(start), entries);
  }

  private Items items(SequenceStartEvent start, int depth) {
    List<ConfigValue> values = new ArrayList<>();
    for (Event event = next(); !isEnd(event); event = next()) {
      values.add(value(event, depth + 1));
    }
    return new Items(origin(start), values);
  }

  private ConfigValue aliased(AliasEvent event) {
    if (++aliases > MAX_ALIASES) {
      throw problems.fatal(origin(event), "more than " + MAX_ALIASES + " aliases in a file");
    }
    ConfigValue value = anchors.get(event.getAlias());
    if (value == null) {
      throw problems.fatal(
          origin(event),
          "alias *" + Shown.of(event.getAlias().getValue()) + " (expected: an anchor above it)");
    }
    return value;
  }

  /** Types come from the keys; a tag that says otherwise would be ignored, so it is refused. */
  private void refuseTag(Event event) {
    Optional<String> tag =
        switch (event) {
          case ScalarEvent scalar -> scalar.getTag();
          case MappingStartEvent start -> start.getTag();
          case SequenceStartEvent start -> start.getTag();
          default -> Optional.empty();
        };
    tag.ifPresent(
        name -> problems.add(origin(event), "YAML tag " + Shown.of(name) + " (expected: none)"));
  }

  private Event next() {
    try {
      Event event = events.next();
      last = origin(event);
      return event;
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      // What the library lets through, for an escape cut off by the end of the file for example.
      throw problems.fatal(last, "not YAML: something after this place cannot be understood");
    }
  }

  private static boolean isEnd(Event event) {
    return event.getEventId() == Event.ID.MappingEnd || event.getEventId() == Event.ID.SequenceEnd;
  }

  private Origin origin(Event event) {
    return event
        .getStartMark()
        .map(mark -> origin(source, folder, mark))
        .orElse(new Origin(source, 0, 0, folder));
  }

  private static Origin origin(String source, Path folder, Mark mark) {
    return new Origin(source, mark.getLine() + 1, mark.getColumn() + 1, folder);
  }

  private static Origin positionOf(int codePoint, String text, String source, Path folder) {
    int count = Math.min(codePoint, text.codePointCount(0, text.length()));
    String before = text.substring(0, text.offsetByCodePoints(0, count));
    int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
    String start = before.substring(before.lastIndexOf('\n') + 1);
    return new Origin(source, line, start.codePointCount(0, start.length()) + 1, folder);
  }
}

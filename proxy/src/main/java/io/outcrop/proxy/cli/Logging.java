package io.outcrop.proxy.cli;

import io.outcrop.proxy.config.LogConfig;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Sets up the platform's logging: one line a message, on standard error. */
final class Logging {

  private static final String OURS = "io.outcrop";
  // Held strongly, as the platform forgets the level of a logger nobody holds.
  private static final Logger OUR_LOGGER = Logger.getLogger(OURS);

  private Logging() {}

  static void configure(LogConfig config) {
    Logger root = Logger.getLogger("");
    for (Handler handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    Handler console = new ConsoleHandler();
    console.setLevel(Level.ALL);
    console.setFormatter(
        switch (config.format()) {
          case TEXT -> new TextFormatter();
          case JSON -> new JsonFormatter();
        });
    root.addHandler(console);
    Level level =
        switch (config.level()) {
          case DEBUG -> Level.FINE;
          case INFO -> Level.INFO;
          case WARN -> Level.WARNING;
          case ERROR -> Level.SEVERE;
        };
    OUR_LOGGER.setLevel(level);
    // Libraries speak up only when something is wrong.
    root.setLevel(level.intValue() > Level.WARNING.intValue() ? level : Level.WARNING);
  }

  private static String levelName(LogRecord record) {
    int level = record.getLevel().intValue();
    if (level >= Level.SEVERE.intValue()) {
      return "ERROR";
    }
    if (level >= Level.WARNING.intValue()) {
      return "WARN";
    }
    return level >= Level.INFO.intValue() ? "INFO" : "DEBUG";
  }

  private static String shortName(@Nullable String logger) {
    return logger == null ? "" : logger.substring(logger.lastIndexOf('.') + 1);
  }

  private static String stackTrace(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  private static final class TextFormatter extends Formatter {
    @Override
    public String format(LogRecord record) {
      // A line break in what somebody sent us must not look like a line of ours.
      String message = formatMessage(record).replace("\n", "\\n").replace("\r", "\\r");
      String thrown = record.getThrown() == null ? "" : stackTrace(record.getThrown());
      return "%s %-5s %s: %s%n%s"
          .formatted(
              Instant.ofEpochMilli(record.getMillis()),
              levelName(record),
              shortName(record.getLoggerName()),
              message,
              thrown);
    }
  }

  private static final class JsonFormatter extends Formatter {
    private static final JsonMapper JSON = JsonMapper.shared();

    @Override
    public String format(LogRecord record) {
      ObjectNode node = JSON.createObjectNode();
      node.put("time", Instant.ofEpochMilli(record.getMillis()).toString())
          .put("level", levelName(record))
          .put("logger", record.getLoggerName())
          .put("message", formatMessage(record));
      if (record.getThrown() != null) {
        node.put("thrown", stackTrace(record.getThrown()));
      }
      return JSON.writeValueAsString(node) + System.lineSeparator();
    }
  }
}

package io.outcrop.proxy.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads the text of a configuration file, with a bound on its size. */
final class ConfigFile {

  static final int MAX_BYTES = 1 << 20;

  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private ConfigFile() {}

  /**
   * Reads a file.
   *
   * @throws ConfigException if there is no such file, or it is not a text of bounded size
   */
  static String read(Path file, Problems problems) {
    Origin origin = new Origin(file.toString(), 0, 0, Path.of(""));
    if (Files.isDirectory(file)) {
      throw problems.fatal(origin, "a folder (expected: a YAML file)");
    }
    // Not Files.size: the file may be a pipe.
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw problems.fatal(origin, "larger than 1 MiB (expected: a configuration file)");
      }
      return decode(bytes, file, problems);
    } catch (IOException e) {
      throw problems.fatal(origin, reason(e));
    }
  }

  /** Why a file cannot be read, and what is expected instead. */
  static String reason(IOException cause) {
    return switch (cause) {
      case NoSuchFileException _ -> "no such file (expected: the path of a configuration file)";
      case AccessDeniedException _ ->
          "not readable for this user (expected: read permission on it and its folders)";
      case FileSystemException e -> "not readable: " + e.getReason();
      default -> "not readable: " + cause.getMessage();
    };
  }

  private static String decode(byte[] bytes, Path file, Problems problems) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = UTF_8.newDecoder().decode(in, out, true);
    String text = out.flip().toString();
    if (result.isError()) {
      int line = (int) text.chars().filter(c -> c == '\n').count() + 1;
      int column = text.length() - text.lastIndexOf('\n');
      throw problems.fatal(
          new Origin(file.toString(), line, column, Path.of("")),
          "not UTF-8 (expected: UTF-8 text)");
    }
    return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
  }
}

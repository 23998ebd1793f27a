package io.outcrop.proxy.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How a single value is written, and what it reads as.
 *
 * @param expected what is right, for the error line
 * @param parser gives the value of a text
 */
record Form<T>(String expected, Parser<T> parser) {

  /** Gives the value of a text, which may depend on where it was written. */
  @FunctionalInterface
  interface Parser<T> {

    /**
     * Reads a text.
     *
     * @throws RefusedException if the text is wrong in a way that wants words of its own
     * @throws IllegalArgumentException if the text is wrong
     */
    T parse(String text, Origin origin);
  }

  static <T> Form<T> of(String expected, Function<String, T> parser) {
    return new Form<>(expected, (text, _) -> parser.apply(text));
  }

  /** A text of a certain shape. */
  static Form<String> matching(Pattern pattern, String expected) {
    return of(
        expected,
        text -> {
          if (!pattern.matcher(text).matches()) {
            throw new IllegalArgumentException();
          }
          return text;
        });
  }

  /** A whole number within bounds. */
  static Form<Integer> integer(int least, int most) {
    return of(
        "a whole number from " + least + " to " + most,
        text -> inRange(Integer.valueOf(text), least, most));
  }

  /** A number of bytes within bounds. */
  static Form<ByteSize> size(String least, String most) {
    long atLeast = ByteSize.parse(least).bytes();
    long atMost = ByteSize.parse(most).bytes();
    return of(
        "a size from " + least + " to " + most,
        text -> new ByteSize(inRange(ByteSize.parse(text).bytes(), atLeast, atMost)));
  }

  /** A span of time within bounds. */
  static Form<Duration> duration(String least, String most) {
    Duration atLeast = Durations.parse(least);
    Duration atMost = Durations.parse(most);
    return of(
        "a duration with its unit, from " + least + " to " + most,
        text -> inRange(Durations.parse(text), atLeast, atMost));
  }

  /** One of the constants of an enumeration, in lower case. */
  static <E extends Enum<E>> Form<E> choice(Class<E> type) {
    List<E> constants = Arrays.asList(type.getEnumConstants());
    return of(
        constants.stream().map(Form::spelled).collect(Collectors.joining(", ")),
        text ->
            constants.stream()
                .filter(constant -> spelled(constant).equals(text))
                .findFirst()
                .orElseThrow(IllegalArgumentException::new));
  }

  /** A path, relative to the folder of the file that names it. */
  static Form<Path> path(String expected) {
    return new Form<>(
        expected,
        (text, origin) -> {
          if (text.isBlank()) {
            throw new IllegalArgumentException();
          }
          if (text.startsWith("~")) {
            throw new RefusedException(Shown.of(text) + " (expected: " + expected + ", without ~)");
          }
          return origin.folder().resolve(text);
        });
  }

  /** This form, or the word {@code unlimited}. */
  Form<Optional<T>> orUnlimited() {
    return or("unlimited");
  }

  /** This form, or a word that stands for none. */
  Form<Optional<T>> or(String word) {
    return new Form<>(
        word + ", or " + expected,
        (text, origin) ->
            text.equals(word) ? Optional.empty() : Optional.of(parser.parse(text, origin)));
  }

  private static <T extends Comparable<T>> T inRange(T value, T least, T most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException();
    }
    return value;
  }

  private static String spelled(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}

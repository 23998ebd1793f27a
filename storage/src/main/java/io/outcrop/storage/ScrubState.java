package io.outcrop.storage;

import io.outcrop.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Where the scrub is, as the database keeps it over restarts.
 *
 * @param paused whether it was told to pause
 * @param startedAt when the latest pass began, or the store was first opened
 * @param underWay whether that pass has not come to its end
 * @param cursor the last content that was checked in it
 * @param checked pieces checked in it
 * @param bytes bytes checked in it
 * @param damaged damaged pieces found in it
 * @param last the last pass that came to its end
 */
record ScrubState(
    boolean paused,
    Instant startedAt,
    boolean underWay,
    Optional<Digest> cursor,
    long checked,
    long bytes,
    long damaged,
    Optional<ScrubPass> last) {

  private static final String FORMAT = "1";
  private static final String NONE = "-";
  private static final int FIELDS = 13;

  /** Nothing was checked yet. */
  static ScrubState initial(Instant now) {
    return new ScrubState(false, now, false, Optional.empty(), 0, 0, 0, Optional.empty());
  }

  ScrubState withPaused(boolean pause) {
    return new ScrubState(pause, startedAt, underWay, cursor, checked, bytes, damaged, last);
  }

  ScrubState begun(Instant now) {
    return new ScrubState(paused, now, true, Optional.empty(), 0, 0, 0, last);
  }

  /** A piece of content was checked, or was not there any more. */
  ScrubState advanced(Digest to, long moreBytes, boolean sound, boolean there) {
    return new ScrubState(
        paused,
        startedAt,
        underWay,
        Optional.of(to),
        checked + (there ? 1 : 0),
        bytes + moreBytes,
        damaged + (sound ? 0 : 1),
        last);
  }

  ScrubState ended(Instant now) {
    ScrubPass pass = new ScrubPass(startedAt, Optional.of(now), checked, bytes, damaged, 1);
    return new ScrubState(paused, startedAt, false, Optional.empty(), 0, 0, 0, Optional.of(pass));
  }

  Optional<ScrubPass> current() {
    return underWay
        ? Optional.of(
            new ScrubPass(startedAt, Optional.empty(), checked, bytes, damaged, progress()))
        : Optional.empty();
  }

  /** When the next pass is due; a clock that was set back does not put it off. */
  Instant dueAt(Duration interval, Instant now) {
    return startedAt.isAfter(now) ? now : startedAt.plus(interval);
  }

  /** Content is checked in the order of its digests, which are spread evenly. */
  private double progress() {
    return cursor.isEmpty()
        ? 0
        : Integer.parseInt(cursor.get().hex().substring(0, 4), 16) / (double) (1 << 16);
  }

  byte[] encoded() {
    return String.join(
            " ",
            FORMAT,
            Boolean.toString(paused),
            millis(startedAt),
            Boolean.toString(underWay),
            cursor.map(Digest::toString).orElse(NONE),
            Long.toString(checked),
            Long.toString(bytes),
            Long.toString(damaged),
            last.map(pass -> millis(pass.startedAt())).orElse(NONE),
            last.flatMap(ScrubPass::endedAt).map(ScrubState::millis).orElse(NONE),
            last.map(pass -> Long.toString(pass.checked())).orElse(NONE),
            last.map(pass -> Long.toString(pass.bytes())).orElse(NONE),
            last.map(pass -> Long.toString(pass.damaged())).orElse(NONE))
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Reads a state; empty if it is of another version, as nothing much is lost with it. */
  static Optional<ScrubState> decode(byte[] value) {
    String[] fields = new String(value, StandardCharsets.UTF_8).split(" ", -1);
    if (fields.length != FIELDS || !fields[0].equals(FORMAT)) {
      return Optional.empty();
    }
    Optional<ScrubPass> last =
        fields[8].equals(NONE)
            ? Optional.empty()
            : Optional.of(
                new ScrubPass(
                    instant(fields[8]),
                    Optional.of(instant(fields[9])),
                    Long.parseLong(fields[10]),
                    Long.parseLong(fields[11]),
                    Long.parseLong(fields[12]),
                    1));
    return Optional.of(
        new ScrubState(
            Boolean.parseBoolean(fields[1]),
            instant(fields[2]),
            Boolean.parseBoolean(fields[3]),
            Digest.tryParse(fields[4]),
            Long.parseLong(fields[5]),
            Long.parseLong(fields[6]),
            Long.parseLong(fields[7]),
            last));
  }

  private static String millis(Instant time) {
    return Long.toString(time.toEpochMilli());
  }

  private static Instant instant(String millis) {
    return Instant.ofEpochMilli(Long.parseLong(millis));
  }
}

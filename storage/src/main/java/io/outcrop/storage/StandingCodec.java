package io.outcrop.storage;

import io.outcrop.storage.cache.SegmentName;
import io.outcrop.storage.cache.StackState;
import io.outcrop.storage.cache.Standing;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Standings as bytes, of a fixed length; the size of the content is told beside. */
final class StandingCodec {

  /** How many bytes a standing takes, or the lack of one. */
  static final int LENGTH = 2 + 2 * Float.BYTES + Double.BYTES + Long.BYTES;

  private static final byte NONE = -1;

  private StandingCodec() {}

  static ByteBuffer put(ByteBuffer target, Optional<Standing> standing) {
    if (standing.isEmpty()) {
      return target.put(NONE).put(new byte[LENGTH - 1]);
    }
    Standing known = standing.get();
    return target
        .put(code(known.list()))
        .put(code(known.stackState()))
        .putFloat((float) known.frequency())
        .putFloat((float) known.costSeconds())
        .putDouble(known.value())
        .putLong(known.lastAccessMillis());
  }

  static Optional<Standing> get(ByteBuffer source, long bytes) {
    byte list = source.get();
    if (list == NONE) {
      source.position(source.position() + LENGTH - 1);
      return Optional.empty();
    }
    StackState state = state(source.get());
    float frequency = source.getFloat();
    float costSeconds = source.getFloat();
    double value = source.getDouble();
    return Optional.of(
        new Standing(list(list), bytes, frequency, value, costSeconds, state, source.getLong()));
  }

  private static byte code(SegmentName list) {
    return switch (list) {
      case PROBATION -> 0;
      case PROVEN -> 1;
      case GHOST_PROBATION -> 2;
      case GHOST_PROVEN -> 3;
    };
  }

  private static SegmentName list(byte code) {
    return switch (code) {
      case 0 -> SegmentName.PROBATION;
      case 1 -> SegmentName.PROVEN;
      case 2 -> SegmentName.GHOST_PROBATION;
      case 3 -> SegmentName.GHOST_PROVEN;
      default -> throw new IllegalStateException("list: " + code + " (expected: 0 to 3)");
    };
  }

  private static byte code(StackState state) {
    return switch (state) {
      case NONE -> 0;
      case BROKEN -> 1;
      case PARTIAL -> 2;
      case COMPLETE -> 3;
    };
  }

  private static StackState state(byte code) {
    return switch (code) {
      case 0 -> StackState.NONE;
      case 1 -> StackState.BROKEN;
      case 2 -> StackState.PARTIAL;
      case 3 -> StackState.COMPLETE;
      default -> throw new IllegalStateException("stack state: " + code + " (expected: 0 to 3)");
    };
  }
}

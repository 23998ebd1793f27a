package io.outcrop.storage;

import io.outcrop.storage.cache.StackArc;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The few numbers that the policy of large content has learnt, kept over a restart. Not
 * thread-safe.
 */
final class PolicyState {

  private static final byte[] KEY = "policy".getBytes(StandardCharsets.UTF_8);
  private static final byte FORMAT = 1;

  private final MetadataStore metadata;
  private StackArc.@Nullable State saved;

  PolicyState(MetadataStore metadata) {
    this.metadata = metadata;
  }

  /** Lets the policy go on from what was saved; before it learns of any content. */
  void restore(SpaceLedger<StackArc> pool) throws StoreException {
    Optional<StackArc.State> state = metadata.get(Table.META, KEY).map(PolicyState::decode);
    state.ifPresent(known -> pool.tell(policy -> policy.restore(known)));
  }

  /** Saves what has changed since the last time. */
  void save(SpaceLedger<StackArc> pool) throws StoreException {
    StackArc.State state = pool.asked(StackArc::state);
    if (!state.equals(saved)) {
      metadata.write(new Batch().put(Table.META, KEY, encode(state)));
      saved = state;
    }
  }

  private static byte[] encode(StackArc.State state) {
    return ByteBuffer.allocate(1 + 3 * Double.BYTES)
        .put(FORMAT)
        .putDouble(state.probationShare())
        .putDouble(state.probationInflation())
        .putDouble(state.provenInflation())
        .array();
  }

  private static StackArc.State decode(byte[] value) {
    ByteBuffer state = ByteBuffer.wrap(value);
    byte format = state.get();
    if (format != FORMAT) {
      throw new IllegalStateException("policy format: " + format + " (expected: " + FORMAT + ")");
    }
    return new StackArc.State(state.getDouble(), state.getDouble(), state.getDouble());
  }
}

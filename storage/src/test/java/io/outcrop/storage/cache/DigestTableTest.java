package io.outcrop.storage.cache;

import static io.outcrop.storage.cache.Digests.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class DigestTableTest {

  private static final long SEED = Long.getLong("outcrop.test.seed", System.nanoTime());

  private final DigestTable<Resident> table = new DigestTable<>();

  @Test
  void behavesLikeAMap() {
    Random random = new Random(SEED);
    Map<Digest, Resident> model = new HashMap<>();
    for (int i = 0; i < 200_000; i++) {
      // Grows to some thousands and shrinks to none, again and again.
      boolean growing = i / 20_000 % 2 == 0;
      Digest digest = digest(random.nextInt(5_000));
      if (random.nextInt(10) < (growing ? 8 : 2)) {
        if (!model.containsKey(digest)) {
          Resident resident = new Resident(digest, i, 1, false, 0);
          table.add(resident);
          model.put(digest, resident);
        }
      } else {
        assertThat(table.remove(digest)).as("seed %d", SEED).isSameAs(model.remove(digest));
      }
      assertThat(table.get(digest)).as("seed %d", SEED).isSameAs(model.get(digest));
      assertThat(table.size()).as("seed %d", SEED).isEqualTo(model.size());
    }
    List<Resident> all = new ArrayList<>();
    table.forEach(all::add);
    assertThat(all).as("seed %d", SEED).containsExactlyInAnyOrderElementsOf(model.values());
    model.forEach(
        (digest, resident) -> assertThat(table.get(digest)).as("seed %d", SEED).isSameAs(resident));
  }
}

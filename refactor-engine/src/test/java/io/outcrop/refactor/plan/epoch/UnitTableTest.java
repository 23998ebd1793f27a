package io.outcrop.refactor.plan.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.refactor.Seeds;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class UnitTableTest {

  @Test
  void holdsWhatWasPutLast() {
    Random random = Seeds.random(0);
    UnitTable table = new UnitTable();
    Map<Long, Integer> expected = new HashMap<>();
    for (int i = 0; i < 200_000; i++) {
      long key = random.nextInt(50_000);
      table.put(key, key >>> 3, i);
      expected.put(key, i);
    }
    assertThat(table.size()).isEqualTo(expected.size());
    expected.forEach(
        (key, number) -> assertThat(table.get(key, key >>> 3)).isEqualTo(number.intValue()));
    assertThat(table.get(50_001, 7)).isEqualTo(UnitTable.ABSENT);
    Map<Long, Integer> found = new HashMap<>();
    table.forEach(found::put);
    assertThat(found).isEqualTo(expected);
  }

  /** What the builder says of its memory. */
  @Test
  void takesLessThanSixtyBytesAUnit() {
    int units = 600_000;
    UnitTable table = new UnitTable();
    Random random = Seeds.random(1);
    long before = used();
    for (int i = 0; i < units; i++) {
      table.put(random.nextLong(), random.nextLong(), i);
    }
    long after = used();
    assertThat(table.size()).isEqualTo(units);
    assertThat(after - before).isLessThan(60L * units);
  }

  private static long used() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}

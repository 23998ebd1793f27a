package io.outcrop.refactor.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.refactor.LayerFixture;
import io.outcrop.refactor.RandomLayers;
import io.outcrop.refactor.Seeds;
import io.outcrop.refactor.tar.RawTar;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LayerIndexCodecTest {

  private static byte[] write(LayerIndex index) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LayerIndexCodec.write(index, out);
    return out.toByteArray();
  }

  private static LayerIndex read(byte[] bytes) throws IOException {
    return LayerIndexCodec.read(new ByteArrayInputStream(bytes));
  }

  private static void assertSame(LayerIndex actual, LayerIndex expected, String as) {
    assertThat(actual.diffId()).as(as).isEqualTo(expected.diffId());
    assertThat(actual.tarLength()).as(as).isEqualTo(expected.tarLength());
    assertThat(actual.compression()).as(as).isEqualTo(expected.compression());
    assertThat(actual.isRootOpaque()).as(as).isEqualTo(expected.isRootOpaque());
    assertThat(actual.ambiguities()).as(as).isEqualTo(expected.ambiguities());
    assertThat(actual.size()).as(as).isEqualTo(expected.size());
    for (int row = 0; row < actual.size(); row++) {
      assertThat(actual.path(row)).as(as).isEqualTo(expected.path(row));
      assertThat(actual.parent(row)).as(as).isEqualTo(expected.parent(row));
      assertThat(actual.marks(row)).as(as).isEqualTo(expected.marks(row));
      assertThat(actual.file(row)).as(as).isEqualTo(expected.file(row));
      if (!actual.isWhiteout(row)) {
        assertThat(actual.metadata(row)).as(as).isEqualTo(expected.metadata(row));
        assertThat(actual.node(row)).as(as).isEqualTo(expected.node(row));
        if (actual.length(row) > 0) {
          assertThat(actual.offset(row)).as(as).isEqualTo(expected.offset(row));
        }
      }
    }
  }

  @Test
  void whatIsWrittenIsReadAgain() throws IOException {
    for (int round = 0; round < 300; round++) {
      LayerIndex index = LayerFixture.layer(new RandomLayers(Seeds.random(round)).layer());
      assertSame(read(write(index)), index, Seeds.describe(round));
    }
  }

  @Test
  void anIndexTakesLittleMoreThanItsHashes() throws IOException {
    RawTar archive = new RawTar();
    for (int i = 0; i < 2000; i++) {
      archive.add(
          "usr/share/doc/package" + i / 10 + "/file" + i,
          '0',
          "content " + i,
          h -> h.seconds(1_700_000_000));
    }
    LayerIndex index = LayerFixture.layer(archive);
    assertThat(write(index).length / index.size()).isLessThan(60);
  }

  @Test
  void damagedBytesAreRefused() throws IOException {
    byte[] bytes = write(LayerFixture.layer(new RandomLayers(Seeds.random(5)).layer()));
    int refused = 0;
    for (int round = 0; round < 3000; round++) {
      Random random = Seeds.random(round);
      byte[] damaged = bytes.clone();
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      if (random.nextInt(4) == 0) {
        damaged = Arrays.copyOf(damaged, random.nextInt(damaged.length));
      }
      try {
        read(damaged);
      } catch (IOException e) {
        refused++;
      } catch (RuntimeException e) {
        throw new AssertionError(Seeds.describe(round), e);
      }
    }
    // A bit of the frame's header may change nothing.
    assertThat(refused).isGreaterThan(2700);
    assertThatThrownBy(() -> read(new byte[100])).isInstanceOf(IOException.class);
  }
}

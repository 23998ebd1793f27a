package io.outcrop.refactor.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.refactor.Seeds;
import io.outcrop.refactor.model.ContentHash;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class ReadAheadTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 131_071, 131_072, 131_073, 262_144, 3_000_000})
  void givesAndHashesEveryByte(int length) throws IOException {
    byte[] content = new byte[length];
    Seeds.random(length).nextBytes(content);
    MessageDigest hash = ContentHash.newHash();
    try (ReadAhead stream = new ReadAhead(new ByteArrayInputStream(content), hash)) {
      assertThat(stream.readAllBytes()).isEqualTo(content);
      assertThat(stream.read()).isEqualTo(-1);
    }
    assertThat(ContentHash.finish(hash)).isEqualTo(ContentHash.of(content));
  }

  @Test
  void failsAsItsSourceDoes() throws IOException {
    InputStream source =
        new InputStream() {
          private int left = 300_000;

          @Override
          public int read() throws IOException {
            if (left-- <= 0) {
              throw new IOException("broken");
            }
            return 1;
          }
        };
    try (ReadAhead stream = new ReadAhead(source, ContentHash.newHash())) {
      assertThat(stream.readNBytes(262_144)).hasSize(262_144);
      assertThatThrownBy(stream::readAllBytes).isInstanceOf(IOException.class).hasMessage("broken");
    }
  }

  @Test
  void closingWaitsUntilTheSourceIsNoLongerUsed() throws Exception {
    AtomicReference<Thread> reader = new AtomicReference<>();
    CountDownLatch reading = new CountDownLatch(1);
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return 0;
          }

          @Override
          public int readNBytes(byte[] b, int off, int len) {
            reader.set(Thread.currentThread());
            reading.countDown();
            return len;
          }
        };
    ReadAhead stream = new ReadAhead(endless, ContentHash.newHash());
    reading.await();
    stream.close();
    assertThat(reader.get().isAlive()).isFalse();
  }
}

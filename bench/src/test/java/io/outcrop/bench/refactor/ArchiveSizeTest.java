package io.outcrop.bench.refactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveSizeTest {

  @TempDir Path directory;

  @Test
  void isThatOfTheCompressedArchive() throws IOException {
    try (ContentSpool spool = new ContentSpool(directory);
        ArchiveSize size = new ArchiveSize(spool)) {
      String text = text(300_000);
      List<Entry> entries = List.of(file("a", text, spool), file("b", text.substring(7), spool));
      byte[] archive = new TarBytes().file("a", text).file("b", text.substring(7)).end();

      assertThat(size.of(entries)).isCloseTo(gzip(archive), within(100L));
      // What went before leaves nothing behind.
      assertThat(size.of(entries)).isEqualTo(size.of(entries));
      assertThat(size.of(List.of())).isLessThan(50);
    }
  }

  @Test
  void countsWhatDoesNotFitIntoHeaders() throws IOException {
    try (ContentSpool spool = new ContentSpool(directory);
        ArchiveSize size = new ArchiveSize(spool)) {
      TreeMap<String, String> attributes = new TreeMap<>();
      attributes.put("user.x", text(2000));
      Entry plain = file("f", "", spool);
      Entry rich = new Entry("f", '0', 0644, 1 << 22, 0, -1, 5, "", 0, attributes, Content.NONE);
      Entry deep = plain.at(text(150).replace('\n', '-'));

      assertThat(size.of(List.of(rich))).isGreaterThan(size.of(List.of(plain)) + 500);
      assertThat(size.of(List.of(deep))).isGreaterThan(size.of(List.of(plain)) + 50);
    }
  }

  private static Entry file(String path, String content, ContentSpool spool) throws IOException {
    byte[] bytes = content.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    return new Entry(
        path,
        '0',
        0644,
        0,
        0,
        0,
        0,
        "",
        0,
        Collections.emptySortedMap(),
        spool.add(new ByteArrayInputStream(bytes), bytes.length));
  }

  /** Compressible, but not trivially. */
  private static String text(int length) {
    Random random = new Random(1);
    StringBuilder text = new StringBuilder();
    while (text.length() < length) {
      text.append(Integer.toString(random.nextInt(1000), 36)).append('\n');
    }
    text.setLength(length);
    return text.toString();
  }

  private static long gzip(byte[] bytes) {
    Deflater deflater = new Deflater(6, true);
    deflater.setInput(bytes);
    deflater.finish();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    while (!deflater.finished()) {
      out.write(buffer, 0, deflater.deflate(buffer));
    }
    deflater.end();
    return out.size() + 18L;
  }
}

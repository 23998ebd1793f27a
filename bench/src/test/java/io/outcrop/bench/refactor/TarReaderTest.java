package io.outcrop.bench.refactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarReaderTest {

  @TempDir Path directory;
  private ContentSpool spool;

  @BeforeEach
  void open() throws IOException {
    spool = new ContentSpool(directory);
  }

  @AfterEach
  void close() throws IOException {
    spool.close();
  }

  @Test
  void readsEachMemberWithItsContent() throws IOException {
    List<Entry> entries =
        read(
            new TarBytes()
                .directory("a")
                .member("a/setuid", '0', 04755, 1234567890, "x".repeat(513), "")
                .link("a/soft", '2', "../else")
                .link("a/hard", '1', "a/setuid")
                .end());

    assertThat(entries)
        .extracting(Entry::path)
        .containsExactly("a/", "a/setuid", "a/soft", "a/hard");
    Entry file = entries.get(1);
    assertThat(file.mode()).isEqualTo(04755);
    assertThat(file.seconds()).isEqualTo(1234567890);
    assertThat(content(file)).isEqualTo("x".repeat(513));
    assertThat(entries.get(2).link()).isEqualTo("../else");
    assertThat(entries.get(3).type()).isEqualTo(Entry.HARD_LINK);
  }

  @Test
  void takesExtendedHeadersOverFields() throws IOException {
    String path = "d/" + "n".repeat(300) + "\u00ff";
    String capability = "\1\0\0\2\0\u0080\0\0";
    Entry entry =
        read(new TarBytes()
                .extended(
                    "path", path,
                    "uid", "3000000",
                    "gid", "4000000",
                    "mtime", "-1.25",
                    "atime", "9",
                    "SCHILY.xattr.security.capability", capability,
                    "SCHILY.xattr.user.empty", "",
                    "LIBARCHIVE.xattr.user.ignored", "x")
                .file("short", "content")
                .end())
            .getFirst();

    assertThat(entry.path()).isEqualTo(path);
    assertThat(entry.uid()).isEqualTo(3000000);
    assertThat(entry.gid()).isEqualTo(4000000);
    assertThat(entry.seconds()).isEqualTo(-2);
    assertThat(entry.nanos()).isEqualTo(750_000_000);
    assertThat(entry.attributes())
        .containsOnlyKeys("security.capability", "user.empty")
        .containsEntry("security.capability", capability);
  }

  @Test
  void extendedHeadersAreForOneMember() throws IOException {
    List<Entry> entries =
        read(new TarBytes().extended("path", "long").file("a", "").file("b", "").end());

    assertThat(entries).extracting(Entry::path).containsExactly("long", "b");
  }

  @Test
  void ignoresGlobalHeadersAsEnginesDo() throws IOException {
    List<Entry> entries =
        read(
            new TarBytes()
                .member("global", 'g', 0, 0, "14 path=other\n", "")
                .file("own", "")
                .end());

    assertThat(entries).extracting(Entry::path).containsExactly("own");
  }

  @Test
  void readsLongNamesOfGnu() throws IOException {
    String path = "p".repeat(150);
    String target = "t".repeat(120);
    Entry entry =
        read(new TarBytes()
                .member("././@LongLink", 'L', 0, 0, path + "\0", "")
                .member("././@LongLink", 'K', 0, 0, target + "\0", "")
                .link("p", '2', "t")
                .end())
            .getFirst();

    assertThat(entry.path()).isEqualTo(path);
    assertThat(entry.link()).isEqualTo(target);
  }

  @Test
  void joinsPrefixOfUstarButNotOfGnu() throws IOException {
    byte[] ustar = TarBytes.header("name", '0', 0644, 0, 0, "");
    TarBytes.text(ustar, 345, "prefix");
    byte[] gnu = ustar.clone();
    TarBytes.text(gnu, 257, "ustar  \0");

    List<Entry> entries = read(new TarBytes().raw(ustar).raw(gnu).end());

    assertThat(entries).extracting(Entry::path).containsExactly("prefix/name", "name");
  }

  @Test
  void readsBinaryNumbers() throws IOException {
    byte[] header = TarBytes.header("f", '0', 0644, 0, 0, "");
    binary(header, 108, 8, 5_000_000_000L);
    binary(header, 136, 12, -3);

    Entry entry = read(new TarBytes().raw(header).end()).getFirst();

    assertThat(entry.uid()).isEqualTo(5_000_000_000L);
    assertThat(entry.seconds()).isEqualTo(-3);
  }

  @Test
  void keepsBothNumbersOfDevice() throws IOException {
    byte[] header = TarBytes.header("null", '3', 0666, 0, 0, "");
    TarBytes.text(header, 329, "0000001");
    TarBytes.text(header, 337, "0000003");

    assertThat(read(new TarBytes().raw(header).end()).getFirst().device()).isEqualTo(1L << 32 | 3);
  }

  @Test
  void refusesSparseMembers() {
    byte[] gnu = new TarBytes().member("hole", 'S', 0644, 0, "", "").end();
    byte[] pax = new TarBytes().extended("GNU.sparse.major", "1").file("hole", "").end();

    assertThatThrownBy(() -> read(gnu))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("hole");
    assertThatThrownBy(() -> read(pax))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("hole");
  }

  @Test
  void refusesArchiveThatIsCutAnywhere() throws IOException {
    byte[] whole = new TarBytes().extended("path", "x").file("f", "y".repeat(700)).unfinished();
    assertThat(read(whole)).hasSize(1);

    for (int length = 1; length < whole.length; length += 37) {
      byte[] cut = Arrays.copyOf(whole, length);
      // Between two headers nothing tells that more was to come.
      if (length != 1024) {
        assertThatThrownBy(() -> read(cut)).as("%d bytes", length).isInstanceOf(EOFException.class);
      }
    }
  }

  @Test
  void refusesWrongChecksum() {
    byte[] archive = new TarBytes().file("f", "").end();
    archive[0]++;

    assertThatThrownBy(() -> read(archive))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("checksum");
  }

  private List<Entry> read(byte[] archive) throws IOException {
    TarReader reader = new TarReader(new ByteArrayInputStream(archive), spool);
    List<Entry> entries = new ArrayList<>();
    for (Entry entry = reader.next(); entry != null; entry = reader.next()) {
      entries.add(entry);
    }
    return entries;
  }

  private String content(Entry entry) throws IOException {
    return new String(spool.bytes(entry.content()), StandardCharsets.ISO_8859_1);
  }

  private static void binary(byte[] header, int offset, int length, long value) {
    for (int i = length - 1; i >= 0; i--) {
      int shift = 8 * (length - 1 - i);
      header[offset + i] = (byte) (shift >= 64 ? value >> 63 : value >> shift);
    }
    header[offset] |= (byte) 0x80;
  }
}

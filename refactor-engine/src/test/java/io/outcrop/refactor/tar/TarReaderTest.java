package io.outcrop.refactor.tar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.outcrop.refactor.model.ByteString;
import io.outcrop.refactor.model.Limits;
import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.model.RefusedException;
import io.outcrop.refactor.model.Xattr;
import io.outcrop.refactor.model.Xattrs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TarReaderTest {

  private static final Limits SMALL =
      new Limits(10, 20, 4096, 64, 8192, 1 << 20, 1 << 22, 100, 1 << 20);

  private record Read(TarEntry entry, byte[] content) {
    String name() {
      return entry.name().toString();
    }

    String text() {
      return new String(content, ISO_8859_1);
    }
  }

  private static List<Read> read(byte[] archive) throws IOException {
    TarReader reader = new TarReader(new ByteArrayInputStream(archive), SMALL);
    List<Read> read = new ArrayList<>();
    for (Optional<TarEntry> next = reader.next(); next.isPresent(); next = reader.next()) {
      byte[] content = reader.content().readAllBytes();
      assertThat((long) content.length).isEqualTo(next.get().size());
      read.add(new Read(next.get(), content));
    }
    return read;
  }

  private static Read one(byte[] archive) throws IOException {
    List<Read> read = read(archive);
    assertThat(read).hasSize(1);
    return read.getFirst();
  }

  private static Reason refusal(byte[] archive) {
    RefusedException refused = catchThrowableOfType(RefusedException.class, () -> read(archive));
    assertThat(refused).as("refusal").isNotNull();
    assertThat(refused).message().isNotBlank();
    return refused.reason();
  }

  private static ByteString bytes(String latin1) {
    return ByteString.of(latin1.getBytes(ISO_8859_1));
  }

  @Test
  void readsEveryFieldOfAHeader() throws IOException {
    byte[] archive =
        new RawTar()
            .add(
                "dev/sda1",
                '4',
                "",
                h -> h.mode(04755).owner(1000, 2000).seconds(1_700_000_000).device(8, 1))
            .bytes();
    TarEntry entry = one(archive).entry();
    assertThat(entry.name()).isEqualTo(bytes("dev/sda1"));
    assertThat(entry.type()).isEqualTo(TarEntry.BLOCK_DEVICE);
    assertThat(entry.mode()).isEqualTo(04755);
    assertThat(entry.uid()).isEqualTo(1000);
    assertThat(entry.gid()).isEqualTo(2000);
    assertThat(entry.seconds()).isEqualTo(1_700_000_000);
    assertThat(entry.nanos()).isZero();
    assertThat(entry.deviceMajor()).isEqualTo(8);
    assertThat(entry.deviceMinor()).isEqualTo(1);
    assertThat(entry.xattrs()).isEqualTo(Xattrs.NONE);
  }

  @Test
  void tellsWhereContentBegins() throws IOException {
    byte[] archive =
        new RawTar().file("a", "first").pax(Map.of("mtime", "1.5")).file("b", "second").bytes();
    for (Read read : read(archive)) {
      int offset = (int) read.entry().offset();
      assertThat(Arrays.copyOfRange(archive, offset, offset + read.content().length))
          .isEqualTo(read.content());
    }
  }

  @Test
  void passesOverContentThatNobodyReads() throws IOException {
    byte[] archive = new RawTar().file("a", "x".repeat(5000)).file("b", "second").bytes();
    TarReader reader = new TarReader(new ByteArrayInputStream(archive), SMALL);
    reader.next();
    assertThat(reader.read(new byte[100], 0, 100)).isPositive();
    assertThat(reader.next().orElseThrow().name()).isEqualTo(bytes("b"));
  }

  @Test
  void joinsPrefixAndName() throws IOException {
    assertThat(one(new RawTar().add("name", '0', "", h -> h.prefix("some/prefix")).bytes()).name())
        .isEqualTo("some/prefix/name");
    assertThat(
            one(new RawTar()
                    .add("name", '0', "", h -> h.prefix("star/prefix").text(508, 4, "tar\0"))
                    .bytes())
                .name())
        .isEqualTo("star/prefix/name");
  }

  @Test
  void doesNotTakeTimesOfGnuHeadersForAPrefix() throws IOException {
    assertThat(
            one(new RawTar().add("name", '0', "", h -> h.octal(345, 12, 1234567890).gnu()).bytes())
                .name())
        .isEqualTo("name");
    assertThat(
            one(new RawTar().add("name", '0', "", h -> h.prefix("old/go/prefix").gnu()).bytes())
                .name())
        .isEqualTo("old/go/prefix/name");
  }

  @Test
  void readsV7WithoutDevicesAndPrefix() throws IOException {
    Read read = one(new RawTar().add("dir/", '\0', "", h -> h.v7()).bytes());
    assertThat(read.entry().type()).isEqualTo(TarEntry.DIRECTORY);
    assertThat(one(new RawTar().add("file", '\0', "old", h -> h.v7()).bytes()).entry().type())
        .isEqualTo(TarEntry.REGULAR);
  }

  @Test
  void readsNamesThatFillTheirFieldsToTheEnd() throws IOException {
    String name = "n".repeat(100);
    String prefix = "p".repeat(155);
    Read read =
        one(new RawTar().add(name, '2', "", h -> h.prefix(prefix).link("l".repeat(100))).bytes());
    assertThat(read.name()).isEqualTo(prefix + '/' + name);
    assertThat(read.entry().linkName().length()).isEqualTo(100);
  }

  @Test
  void readsNumbersInBinary() throws IOException {
    TarEntry entry =
        one(new RawTar()
                .add(
                    "f",
                    '0',
                    "",
                    h -> h.binary(108, 8, 3_000_000_000L).binary(116, 8, 2_097_152).seconds(-5))
                .bytes())
            .entry();
    assertThat(entry.uid()).isEqualTo(3_000_000_000L);
    assertThat(entry.gid()).isEqualTo(2_097_152);
    assertThat(entry.seconds()).isEqualTo(-5);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000644\0",
        "   644 \0",
        "644\0\0\0\0\0",
        "  000644",
        "0000644 ",
        "\u0000\u0000644   "
      })
  void readsOctalHoweverPadded(String field) throws IOException {
    assertThat(
            one(new RawTar().add("f", '0', "", h -> h.text(100, 8, field)).bytes()).entry().mode())
        .isEqualTo(0644);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0000648\0", "-000644\0", "6 4", "0x1ff", "ab"})
  void refusesWhatIsNoNumber(String field) {
    assertThat(refusal(new RawTar().add("f", '0', "", h -> h.text(100, 8, field)).bytes()))
        .isEqualTo(Reason.INVALID_ARCHIVE);
  }

  @Test
  void refusesNumbersOfMoreThan63Bits() {
    assertThat(
            refusal(
                new RawTar()
                    .add("f", '0', "", h -> h.text(136, 12, "\u0080\0\0\1" + "\u00ff".repeat(8)))
                    .bytes()))
        .isEqualTo(Reason.INVALID_ARCHIVE);
  }

  @Test
  void acceptsBothWaysToSumAHeader() throws IOException {
    assertThat(one(new RawTar().addWithSignedChecksum("n\u00e4me").bytes()).entry().name())
        .isEqualTo(bytes("n\u00e4me"));
  }

  @Test
  void refusesAWrongChecksum() {
    byte[] archive = new RawTar().file("a", "").bytes();
    archive[0] = 'b';
    assertThat(refusal(archive)).isEqualTo(Reason.INVALID_ARCHIVE);
  }

  @Test
  void readsGnuLongNames() throws IOException {
    String name = "d/".repeat(80) + "\u00e9".repeat(140);
    String target = "t".repeat(300);
    Read read =
        one(
            new RawTar()
                .add("././@LongLink", 'L', name + '\0', h -> h.gnu())
                .add("././@LongLink", 'K', target + '\0', h -> h.gnu())
                .add(name.substring(0, 100), '2', "", h -> h.gnu().link(target.substring(0, 100)))
                .bytes());
    assertThat(read.entry().name()).isEqualTo(bytes(name));
    assertThat(read.entry().linkName()).isEqualTo(bytes(target));
  }

  @Test
  void appliesExtendedHeadersToTheNextEntryOnly() throws IOException {
    Map<String, String> records = new LinkedHashMap<>();
    records.put("path", "long/path");
    records.put("linkpath", "long/target");
    records.put("uid", "3000000");
    records.put("gid", "4000000");
    records.put("mtime", "1700000000.123456789123");
    records.put("comment", "ignored");
    List<Read> read =
        read(new RawTar().pax(records).symlink("short", "target").symlink("next", "other").bytes());
    TarEntry first = read.getFirst().entry();
    assertThat(first.name()).isEqualTo(bytes("long/path"));
    assertThat(first.linkName()).isEqualTo(bytes("long/target"));
    assertThat(first.uid()).isEqualTo(3_000_000);
    assertThat(first.gid()).isEqualTo(4_000_000);
    assertThat(first.seconds()).isEqualTo(1_700_000_000);
    assertThat(first.nanos()).isEqualTo(123_456_789);
    TarEntry next = read.getLast().entry();
    assertThat(next.name()).isEqualTo(bytes("next"));
    assertThat(next.uid()).isZero();
    assertThat(next.nanos()).isZero();
  }

  @Test
  void takesTheSizeFromAnExtendedHeader() throws IOException {
    byte[] archive =
        new RawTar()
            .pax(Map.of("size", "5"))
            .add("f", '0', "12345", h -> h.octal(124, 12, 0))
            .file("g", "")
            .bytes();
    assertThat(read(archive)).extracting(Read::text).containsExactly("12345", "");
  }

  @Test
  void ignoresEmptyValuesOfExtendedHeaders() throws IOException {
    assertThat(
            one(new RawTar().pax(Map.of("path", "", "mtime", "")).file("name", "").bytes()).name())
        .isEqualTo("name");
  }

  @Test
  void ignoresGlobalHeadersAsContainerEnginesDo() throws IOException {
    byte[] archive =
        new RawTar()
            .add("g", 'g', RawTar.records(Map.of("path", "wrong", "uid", "7", "mtime", "9")))
            .file("right", "")
            .bytes();
    TarEntry entry = one(archive).entry();
    assertThat(entry.name()).isEqualTo(bytes("right"));
    assertThat(entry.uid()).isZero();
  }

  @Test
  void readsBinaryAttributesInFull() throws IOException {
    String capability = "\1\0\0\2\u0080\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    Map<String, String> records = new LinkedHashMap<>();
    records.put("SCHILY.xattr.security.capability", capability);
    records.put("SCHILY.xattr.user.empty", "");
    records.put("SCHILY.xattr.user.odd", "a=b\nc\0d");
    records.put("LIBARCHIVE.xattr.user.ignored", "eA");
    assertThat(one(new RawTar().pax(records).file("f", "").bytes()).entry().xattrs())
        .isEqualTo(
            Xattrs.of(
                List.of(
                    new Xattr(bytes("security.capability"), bytes(capability)),
                    new Xattr(bytes("user.empty"), ByteString.EMPTY),
                    new Xattr(bytes("user.odd"), bytes("a=b\nc\0d")))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0005 a=b\n",
        "6 a=bc",
        "99 a=b\n",
        "6 a=bX",
        "6 abc\n",
        "6 =bc\n",
        "x a=b\n",
        " a=b\n",
        "-6 a=b\n",
        "10 path=\0\n",
        "9 a\0=bcd\n",
        "4294967302 a=b\n",
        "6"
      })
  void refusesMalformedExtendedHeaders(String records) {
    assertThat(refusal(new RawTar().add("x", 'x', records).file("f", "").bytes()))
        .isEqualTo(Reason.INVALID_ARCHIVE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.5x", "x", ".5", "1.-5", "--1", "1e3", "9223372036854775808"})
  void refusesTimesThatAreNone(String time) {
    assertThat(refusal(new RawTar().pax(Map.of("mtime", time)).file("f", "").bytes()))
        .isEqualTo(Reason.INVALID_ARCHIVE);
  }

  @Test
  void roundsNegativeTimesDown() throws IOException {
    TarEntry entry = one(new RawTar().pax(Map.of("mtime", "-1.25")).file("f", "").bytes()).entry();
    assertThat(entry.seconds()).isEqualTo(-2);
    assertThat(entry.nanos()).isEqualTo(750_000_000);
    entry = one(new RawTar().pax(Map.of("mtime", "-0.5")).file("f", "").bytes()).entry();
    assertThat(entry.seconds()).isEqualTo(-1);
    assertThat(entry.nanos()).isEqualTo(500_000_000);
  }

  @Test
  void seesNoContentBehindLinksWhateverTheirSize() throws IOException {
    byte[] archive =
        new RawTar()
            .file("a", "x")
            .add("b", '1', "", h -> h.link("a").octal(124, 12, 700))
            .file("c", "")
            .bytes();
    assertThat(read(archive)).extracting(Read::name).containsExactly("a", "b", "c");
  }

  @Test
  void expandsOldGnuSparseFiles() throws IOException {
    byte[] archive =
        new RawTar()
            .add(
                "sparse",
                'S',
                "abcde",
                h -> {
                  h.gnu()
                      .octal(386, 12, 10)
                      .octal(398, 12, 3)
                      .octal(410, 12, 1000)
                      .octal(422, 12, 2);
                  h.octal(483, 12, 2000);
                })
            .file("next", "n")
            .bytes();
    List<Read> read = read(archive);
    byte[] expected = new byte[2000];
    System.arraycopy("abc".getBytes(ISO_8859_1), 0, expected, 10, 3);
    System.arraycopy("de".getBytes(ISO_8859_1), 0, expected, 1000, 2);
    assertThat(read.getFirst().content()).isEqualTo(expected);
    assertThat(read.getFirst().entry().type()).isEqualTo(TarEntry.REGULAR);
    assertThat(read.getFirst().entry().sparse()).isTrue();
    assertThat(read.getLast().text()).isEqualTo("n");
  }

  @Test
  void expandsPaxSparseFilesOfVersion00() throws IOException {
    String records =
        RawTar.record("GNU.sparse.size", "9")
            + RawTar.record("GNU.sparse.numblocks", "2")
            + RawTar.record("GNU.sparse.offset", "1")
            + RawTar.record("GNU.sparse.numbytes", "2")
            + RawTar.record("GNU.sparse.offset", "6")
            + RawTar.record("GNU.sparse.numbytes", "1");
    assertThat(one(new RawTar().add("x", 'x', records).file("f", "abc").bytes()).text())
        .isEqualTo("\0ab\0\0\0c\0\0");
  }

  @Test
  void expandsPaxSparseFilesOfVersion01() throws IOException {
    Map<String, String> records =
        Map.of(
            "GNU.sparse.size", "9",
            "GNU.sparse.numblocks", "2",
            "GNU.sparse.map", "1,2,6,1",
            "GNU.sparse.name", "real/name");
    Read read = one(new RawTar().pax(records).file("GNUSparseFile.0/f", "abc").bytes());
    assertThat(read.text()).isEqualTo("\0ab\0\0\0c\0\0");
    assertThat(read.name()).isEqualTo("real/name");
  }

  @Test
  void expandsPaxSparseFilesOfVersion10() throws IOException {
    Map<String, String> records =
        Map.of(
            "GNU.sparse.major", "1",
            "GNU.sparse.minor", "0",
            "GNU.sparse.realsize", "9",
            "GNU.sparse.name", "real/name");
    String map = "2\n1\n2\n6\n1\n";
    String content = map + "\0".repeat(512 - map.length()) + "abc";
    Read read = one(new RawTar().pax(records).file("GNUSparseFile.0/f", content).bytes());
    assertThat(read.text()).isEqualTo("\0ab\0\0\0c\0\0");
    assertThat(read.name()).isEqualTo("real/name");
  }

  @Test
  void readsASparseFileThatIsAllHole() throws IOException {
    Map<String, String> records =
        Map.of("GNU.sparse.size", "700", "GNU.sparse.numblocks", "0", "GNU.sparse.map", "");
    byte[] archive =
        new RawTar()
            .pax(
                Map.of(
                    "GNU.sparse.major",
                    "0",
                    "GNU.sparse.minor",
                    "1",
                    "GNU.sparse.size",
                    "700",
                    "GNU.sparse.numblocks",
                    "0"))
            .file("f", "")
            .bytes();
    assertThat(records).isNotEmpty();
    assertThat(one(archive).content()).isEqualTo(new byte[700]);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1,2,2,1",
        "6,1,1,2",
        "1,2,9,1",
        "1,1,6,1",
        "-1,2,6,1",
        "1,2,6",
        "a,2,6,1",
        "8,9223372036854775807,6,1"
      })
  void refusesSparseMapsThatDoNotFit(String map) {
    Map<String, String> records =
        Map.of("GNU.sparse.size", "9", "GNU.sparse.numblocks", "2", "GNU.sparse.map", map);
    assertThat(refusal(new RawTar().pax(records).file("f", "abc").bytes()))
        .isEqualTo(Reason.INVALID_ARCHIVE);
  }

  @Test
  void boundsSparseFilesByTheirRealSize() {
    Map<String, String> records =
        Map.of(
            "GNU.sparse.size",
            "1099511627776",
            "GNU.sparse.numblocks",
            "1",
            "GNU.sparse.map",
            "0,1");
    assertThat(refusal(new RawTar().pax(records).file("f", "a").bytes()))
        .isEqualTo(Reason.FILE_TOO_LARGE);
  }

  @Test
  void refusesFilesThatAreTooLarge() {
    assertThat(
            refusal(new RawTar().add("f", '0', "", h -> h.octal(124, 12, (1 << 20) + 1)).bytes()))
        .isEqualTo(Reason.FILE_TOO_LARGE);
  }

  @Test
  void refusesExtendedHeadersThatAreTooLarge() {
    assertThat(refusal(new RawTar().add("x", 'x', "", h -> h.octal(124, 12, 1L << 30)).bytes()))
        .isEqualTo(Reason.HEADER_TOO_LARGE);
    RawTar many = new RawTar();
    for (int i = 0; i < 100; i++) {
      many.add("L", 'L', "name\0");
    }
    assertThat(refusal(many.file("f", "").bytes())).isEqualTo(Reason.HEADER_TOO_LARGE);
  }

  @Test
  void refusesEndlessHeaders() {
    RawTar many = new RawTar();
    for (int i = 0; i < 100; i++) {
      many.add("g", 'g', "");
    }
    assertThat(refusal(many.bytes())).isEqualTo(Reason.TOO_MANY_ENTRIES);
  }

  @Test
  void refusesNegativeSizes() {
    assertThat(refusal(new RawTar().add("f", '0', "", h -> h.binary(124, 12, -1)).bytes()))
        .isEqualTo(Reason.INVALID_ARCHIVE);
    assertThat(refusal(new RawTar().add("x", 'x', "", h -> h.binary(124, 12, -1)).bytes()))
        .isEqualTo(Reason.INVALID_ARCHIVE);
    assertThat(refusal(new RawTar().pax(Map.of("size", "-1")).file("f", "").bytes()))
        .isEqualTo(Reason.INVALID_ARCHIVE);
  }

  @Test
  void endsWhereTheStreamEndsBetweenEntries() throws IOException {
    assertThat(read(new RawTar().file("a", "x").open())).hasSize(1);
    assertThat(read(new byte[0])).isEmpty();
    assertThat(read(new byte[512])).isEmpty();
    assertThat(read(new byte[10240])).isEmpty();
  }

  @Test
  void endsWhereThePaddingOfTheLastEntryIsMissing() throws IOException {
    byte[] archive = new RawTar().file("a", "x").open();
    assertThat(read(Arrays.copyOf(archive, 513))).hasSize(1);
  }

  @Test
  void ignoresWhatFollowsTheEnd() throws IOException {
    byte[] archive =
        new RawTar().file("a", "x").raw(new byte[1024]).file("b", "y").raw(new byte[77]).open();
    assertThat(read(archive)).extracting(Read::name).containsExactly("a");
  }

  @Test
  void refusesOneBlockOfZerosInTheMiddle() {
    assertThat(refusal(new RawTar().file("a", "x").raw(new byte[512]).file("b", "y").bytes()))
        .isEqualTo(Reason.INVALID_ARCHIVE);
  }

  @Test
  void refusesArchivesThatEndEarly() {
    byte[] archive = new RawTar().file("a", "x".repeat(600)).open();
    for (int length = 1; length < 512 + 600; length += 37) {
      assertThat(refusal(Arrays.copyOf(archive, length))).isEqualTo(Reason.TRUNCATED);
    }
  }

  @Test
  void passesTypesOnThatItDoesNotKnow() throws IOException {
    assertThat(read(new RawTar().add("v", 'V', "volume").file("f", "").bytes()))
        .extracting(read -> (char) read.entry().type())
        .containsExactly('V', '0');
  }

  @Test
  void failsAsItsStreamDoes() {
    TarReader reader =
        new TarReader(
            new ByteArrayInputStream(new byte[0]) {
              @Override
              public int readNBytes(byte[] b, int off, int len) {
                throw new IllegalStateException("broken");
              }
            },
            SMALL);
    assertThatThrownBy(reader::next).hasMessage("broken");
  }
}

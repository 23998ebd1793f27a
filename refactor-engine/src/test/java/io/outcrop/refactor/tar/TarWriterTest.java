package io.outcrop.refactor.tar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.refactor.RandomEntries;
import io.outcrop.refactor.Seeds;
import io.outcrop.refactor.model.ByteString;
import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.model.Entry;
import io.outcrop.refactor.model.FilePath;
import io.outcrop.refactor.model.Limits;
import io.outcrop.refactor.model.Metadata;
import io.outcrop.refactor.model.Node;
import io.outcrop.refactor.model.Xattr;
import io.outcrop.refactor.model.Xattrs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class TarWriterTest {

  private static final Metadata PLAIN = new Metadata(0644, 0, 0, 0, 0, Xattrs.NONE);

  private static byte[] write(Entry entry, byte[] content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TarWriter writer = new TarWriter(out);
    writer.begin(entry);
    writer.write(content, 0, content.length);
    writer.finish();
    return out.toByteArray();
  }

  private static Entry file(String path, byte[] content) {
    return new Entry(
        FilePath.of(path), PLAIN, new Node.RegularFile(content.length, ContentHash.of(content)));
  }

  private static String field(byte[] archive, int offset, int length) {
    return new String(archive, offset, length, ISO_8859_1);
  }

  @Test
  void writesEveryByteOfAPlainHeaderAsUstarHasIt() throws IOException {
    byte[] archive =
        write(
            new Entry(
                FilePath.of("etc/motd"),
                new Metadata(04755, 1000, 2000, 1_700_000_000, 0, Xattrs.NONE),
                new Node.RegularFile(5, ContentHash.of("hello".getBytes(US_ASCII)))),
            "hello".getBytes(US_ASCII));
    assertThat(archive).hasSize(512 + 512 + 1024);
    assertThat(field(archive, 0, 100)).isEqualTo("etc/motd" + "\0".repeat(92));
    assertThat(field(archive, 100, 57))
        .isEqualTo(
            "0004755\0"
                + "0001750\0"
                + "0003720\0"
                + "00000000005\0"
                + "14524770400\0"
                + "010743\0 "
                + "0");
    assertThat(field(archive, 157, 100)).isEqualTo("\0".repeat(100));
    assertThat(field(archive, 257, 8)).isEqualTo("ustar\00000");
    assertThat(field(archive, 265, 64)).isEqualTo("\0".repeat(64));
    assertThat(field(archive, 329, 16)).isEqualTo("0000000\0" + "0000000\0");
    assertThat(field(archive, 345, 167)).isEqualTo("\0".repeat(167));
    assertThat(field(archive, 512, 512)).isEqualTo("hello" + "\0".repeat(507));
    assertThat(Arrays.copyOfRange(archive, 1024, archive.length)).containsOnly(0);
  }

  @Test
  void putsALongNameIntoThePrefixWhereItFits() throws IOException {
    String path = "p".repeat(155) + '/' + "n".repeat(100);
    byte[] archive = write(file(path, new byte[0]), new byte[0]);
    assertThat(archive).hasSize(512 + 1024);
    assertThat(field(archive, 0, 100)).isEqualTo("n".repeat(100));
    assertThat(field(archive, 345, 155)).isEqualTo("p".repeat(155));
  }

  @Test
  void writesAnExtendedHeaderForANameThatFitsNowhereElse() throws IOException {
    String path = "n".repeat(101);
    byte[] archive = write(file(path, new byte[0]), new byte[0]);
    assertThat(archive).hasSize(3 * 512 + 1024);
    assertThat(field(archive, 0, 10)).isEqualTo("PaxHeader\0");
    assertThat(archive[156]).isEqualTo((byte) 'x');
    assertThat(field(archive, 512, 113)).isEqualTo("111 path=" + "n".repeat(101) + "\n\0\0");
    assertThat(field(archive, 1024, 100)).isEqualTo("n".repeat(100));
  }

  @Test
  void writesRecordsInTheOrderOfTheirKeysAndTellsOfNamesThatAreNotUtf8() throws IOException {
    Entry entry =
        new Entry(
            FilePath.ROOT.resolve(ByteString.of(("\u00ff" + "n".repeat(150)).getBytes(ISO_8859_1))),
            new Metadata(
                0,
                3_000_000,
                4_000_000,
                -1,
                250_000_000,
                Xattrs.of(
                    List.of(
                        new Xattr(ByteString.of("user.b"), ByteString.of("2")),
                        new Xattr(ByteString.of("user.a"), ByteString.EMPTY)))),
            new Node.SymbolicLink(ByteString.of("t".repeat(101))));
    byte[] archive = write(entry, new byte[0]);
    assertThat(field(archive, 512, 1024))
        .startsWith(
            "24 SCHILY.xattr.user.a=\n25 SCHILY.xattr.user.b=2\n"
                + "15 gid=4000000\n"
                + "21 hdrcharset=BINARY\n"
                + "115 linkpath="
                + "t".repeat(101)
                + "\n15 mtime=-0.75\n161 path=\u00ff"
                + "n".repeat(150)
                + "\n15 uid=3000000\n\0");
  }

  @Test
  void refusesAnAttributeThatNoArchiveCanHold() {
    Entry entry =
        new Entry(
            FilePath.of("f"),
            new Metadata(
                0,
                0,
                0,
                0,
                0,
                Xattrs.of(List.of(new Xattr(ByteString.of("user.a=b"), ByteString.EMPTY)))),
            new Node.Fifo());
    assertThatThrownBy(() -> write(entry, new byte[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("user.a=b");
  }

  @Test
  void insistsOnAllOfTheContentAndNoMore() throws IOException {
    TarWriter writer = new TarWriter(new ByteArrayOutputStream());
    writer.begin(file("f", new byte[3]));
    assertThatThrownBy(() -> writer.write(new byte[4], 0, 4))
        .isInstanceOf(IllegalStateException.class);
    writer.write(new byte[2], 0, 2);
    assertThatThrownBy(() -> writer.begin(file("g", new byte[0])))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(writer::finish).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whatIsWrittenIsReadAgainInEveryRespect() throws IOException {
    for (int round = 0; round < 200; round++) {
      Random random = Seeds.random(round);
      RandomEntries entries = new RandomEntries(random);
      List<Entry> written = new ArrayList<>();
      List<byte[]> contents = new ArrayList<>();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      TarWriter writer = new TarWriter(out);
      long size = TarWriter.END_BYTES;
      for (int i = random.nextInt(20); i >= 0; i--) {
        byte[] content = entries.content();
        Entry entry = entries.entry(content);
        writer.begin(entry);
        if (entry.node() instanceof Node.RegularFile) {
          writer.write(content, 0, content.length);
        }
        written.add(entry);
        contents.add(content);
        size += TarWriter.size(entry);
      }
      writer.finish();
      assertThat(out.size()).as(Seeds.describe(round)).isEqualTo((int) size);
      check(out.toByteArray(), written, contents, round);
    }
  }

  private static void check(byte[] archive, List<Entry> written, List<byte[]> contents, int round)
      throws IOException {
    TarReader reader = new TarReader(new ByteArrayInputStream(archive), Limits.DEFAULT);
    for (int i = 0; i < written.size(); i++) {
      Entry entry = written.get(i);
      TarEntry read = reader.next().orElseThrow();
      String as = Seeds.describe(round) + ": " + entry;
      assertThat(FilePath.read(read.name())).as(as).isEqualTo(entry.path());
      assertThat(read.mode()).as(as).isEqualTo(entry.metadata().mode());
      assertThat(read.uid()).as(as).isEqualTo(entry.metadata().uid());
      assertThat(read.gid()).as(as).isEqualTo(entry.metadata().gid());
      assertThat(read.seconds()).as(as).isEqualTo(entry.metadata().seconds());
      assertThat(read.nanos()).as(as).isEqualTo(entry.metadata().nanos());
      assertThat(read.xattrs()).as(as).isEqualTo(entry.metadata().xattrs());
      byte[] content = reader.content().readAllBytes();
      switch (entry.node()) {
        case Node.RegularFile _ -> {
          assertThat(read.type()).as(as).isEqualTo(TarEntry.REGULAR);
          assertThat(content).as(as).isEqualTo(contents.get(i));
        }
        case Node.HardLink link -> {
          assertThat(read.type()).as(as).isEqualTo(TarEntry.HARD_LINK);
          assertThat(FilePath.read(read.linkName())).as(as).isEqualTo(link.target());
        }
        case Node.SymbolicLink link -> {
          assertThat(read.type()).as(as).isEqualTo(TarEntry.SYMLINK);
          assertThat(read.linkName()).as(as).isEqualTo(link.target());
        }
        case Node.Device device -> {
          assertThat(read.deviceMajor()).as(as).isEqualTo(device.major());
          assertThat(read.deviceMinor()).as(as).isEqualTo(device.minor());
        }
        case Node.Directory _ -> assertThat(read.type()).as(as).isEqualTo(TarEntry.DIRECTORY);
        case Node.Fifo _ -> assertThat(read.type()).as(as).isEqualTo(TarEntry.FIFO);
      }
    }
    assertThat(reader.next()).as(Seeds.describe(round)).isEmpty();
  }
}

package io.outcrop.refactor.tar;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.refactor.Programs;
import io.outcrop.refactor.RandomEntries;
import io.outcrop.refactor.Seeds;
import io.outcrop.refactor.model.Entry;
import io.outcrop.refactor.model.Node;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Container engines read archives with Go's library: it is the measure, also where it is odd. */
final class TarAgainstGoTest {

  private static final int ROUNDS = Integer.getInteger("outcrop.test.rounds", 3000);

  @TempDir private Path directory;
  private String lister;

  @BeforeEach
  void buildLister() throws IOException {
    Programs.need("go");
    try (InputStream source = TarAgainstGoTest.class.getResourceAsStream("list.go")) {
      Files.copy(source, directory.resolve("list.go"));
    }
    Programs.run(directory, "go", "build", "-o", "lister", "list.go");
    lister = directory.resolve("lister").toString();
  }

  /** What Go makes of each archive. */
  private List<List<String>> goListings(List<byte[]> archives) throws IOException {
    List<String> command = new ArrayList<>(List.of(lister));
    for (int i = 0; i < archives.size(); i++) {
      Files.write(directory.resolve(i + ".tar"), archives.get(i));
      command.add(i + ".tar");
    }
    List<List<String>> listings = new ArrayList<>();
    List<String> listing = new ArrayList<>();
    for (String line : Programs.run(directory, command).split("\n")) {
      listing.add(line);
      if (line.equals("end") || line.equals("refused")) {
        listings.add(List.copyOf(listing));
        listing.clear();
      }
    }
    assertThat(listings).hasSameSizeAs(archives);
    return listings;
  }

  private void compare(List<byte[]> archives) throws IOException {
    List<List<String>> expected = goListings(archives);
    int sound = 0;
    for (int i = 0; i < archives.size(); i++) {
      assertThat(TarListing.of(archives.get(i)))
          .as("archive %d, %s", i, Seeds.describe(i))
          .isEqualTo(expected.get(i));
      sound += expected.get(i).getLast().equals("end") ? 1 : 0;
    }
    assertThat(sound).as("archives that Go accepts, %s", Seeds.describe(0)).isPositive();
  }

  @Test
  void whatIsWrittenIsReadByGoAsMeant() throws IOException {
    List<byte[]> archives = new ArrayList<>();
    for (int round = 0; round < 100; round++) {
      archives.add(written(Seeds.random(round)));
    }
    compare(archives);
    assertThat(goListings(archives)).allMatch(listing -> listing.getLast().equals("end"));
  }

  @Test
  void mutatedArchivesAreReadOrRefusedAsByGo() throws IOException {
    List<byte[]> seeds = seeds();
    List<byte[]> archives = new ArrayList<>(seeds);
    for (int round = 0; round < ROUNDS; round++) {
      Random random = Seeds.random(round);
      archives.add(TarMutator.mutate(seeds.get(random.nextInt(seeds.size())), random));
    }
    compare(archives);
  }

  private static byte[] written(Random random) throws IOException {
    RandomEntries entries = new RandomEntries(random);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TarWriter writer = new TarWriter(out);
    for (int i = random.nextInt(8); i >= 0; i--) {
      byte[] content = entries.content();
      Entry entry = entries.entry(content);
      writer.begin(entry);
      if (entry.node() instanceof Node.RegularFile) {
        writer.write(content, 0, content.length);
      }
    }
    writer.finish();
    return out.toByteArray();
  }

  private static List<byte[]> seeds() throws IOException {
    Map<String, String> records = new LinkedHashMap<>();
    records.put("path", "a/long/path");
    records.put("uid", "3000000");
    records.put("mtime", "-1700000000.123456789");
    records.put("SCHILY.xattr.user.a", "b=c\0d");
    Map<String, String> sparse = new LinkedHashMap<>();
    sparse.put("GNU.sparse.major", "1");
    sparse.put("GNU.sparse.minor", "0");
    sparse.put("GNU.sparse.name", "real");
    sparse.put("GNU.sparse.realsize", "9");
    Map<String, String> older = new LinkedHashMap<>();
    older.put("GNU.sparse.size", "9");
    older.put("GNU.sparse.numblocks", "2");
    older.put("GNU.sparse.map", "1,2,6,1");
    String oldest =
        RawTar.record("GNU.sparse.size", "9")
            + RawTar.record("GNU.sparse.numblocks", "1")
            + RawTar.record("GNU.sparse.offset", "1")
            + RawTar.record("GNU.sparse.numbytes", "3");
    String map = "2\n1\n2\n6\n1\n";
    return List.of(
        new RawTar().pax(records).file("f", "content").symlink("l", "t").bytes(),
        new RawTar()
            .add("L", 'L', "n".repeat(120) + '\0', h -> h.gnu())
            .add("K", 'K', "t".repeat(120) + '\0', h -> h.gnu())
            .add("n", '2', "", h -> h.gnu().link("t"))
            .bytes(),
        new RawTar().pax(sparse).file("s", map + "\0".repeat(502) + "abc").file("f", "").bytes(),
        new RawTar().pax(older).file("s", "abc").bytes(),
        new RawTar().add("x", 'x', oldest).file("s", "abc").bytes(),
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
            .bytes(),
        new RawTar()
            .add("g", 'g', RawTar.records(records))
            .add("f", '0', "", h -> h.prefix("prefix"))
            .add("d", '3', "", h -> h.device(1, 2).seconds(-7))
            .add("star", '0', "", h -> h.prefix("prefix").text(508, 4, "tar\0"))
            .add("old/", '\0', "", h -> h.v7())
            .bytes(),
        Arrays.copyOf(new RawTar().file("f", "x".repeat(600)).bytes(), 1200));
  }
}

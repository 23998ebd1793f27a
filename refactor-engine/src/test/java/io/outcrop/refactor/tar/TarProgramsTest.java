package io.outcrop.refactor.tar;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.refactor.LayerFixture;
import io.outcrop.refactor.Programs;
import io.outcrop.refactor.Scripts;
import io.outcrop.refactor.model.Entry;
import io.outcrop.refactor.model.Node;
import io.outcrop.refactor.scan.LayerIndex;
import io.outcrop.refactor.view.Fold;
import io.outcrop.refactor.view.View;
import io.outcrop.refactor.view.ViewListing;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives that others write are read as the files they were made of; ours unpack to the same. */
final class TarProgramsTest {

  private static final String PYTHON =
      "import sys, tarfile\n"
          + "with tarfile.open('archive', 'w', format=int(sys.argv[1])) as tar: tar.add('files',"
          + " '.')";

  @TempDir private Path directory;
  private Path files;

  @BeforeEach
  void needRoot() throws IOException {
    Programs.need("python3");
    Programs.needRoot();
    files = Files.createDirectory(directory.resolve("files"));
  }

  private View archive() throws IOException {
    LayerIndex layer = LayerFixture.scan(Files.readAllBytes(directory.resolve("archive")));
    View view = Fold.fold(List.of(layer));
    assertThat(view.ambiguities()).isEmpty();
    return view;
  }

  private void archiveIsWhatTheFilesAre() throws IOException {
    assertThat(ViewListing.of(archive())).isEqualTo(Scripts.walk(files));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--format=posix --sparse",
        "--format=posix --sparse --sparse-version=0.0",
        "--format=posix --sparse --sparse-version=0.1",
        "--format=posix"
      })
  void readsPaxArchivesOfGnuTar(String options) throws IOException {
    Programs.need("tar");
    Scripts.make(files, "nanos", "negative");
    gnuTar(options);
    archiveIsWhatTheFilesAre();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--format=gnu --sparse", "--format=gnu", "--format=oldgnu --sparse"})
  void readsGnuArchivesOfGnuTar(String options) throws IOException {
    Programs.need("tar");
    Scripts.make(files, "negative");
    gnuTar(options);
    archiveIsWhatTheFilesAre();
  }

  @Test
  void readsAttributesThatGnuTarWrites() throws IOException {
    Programs.need("tar");
    Scripts.make(files, "nanos", "xattrs");
    gnuTar("--format=posix --xattrs --xattrs-include=*");
    archiveIsWhatTheFilesAre();
  }

  private void gnuTar(String options) throws IOException {
    List<String> command = new ArrayList<>(List.of("tar", "-C", "files", "-cf", "archive"));
    command.addAll(Arrays.asList(options.split(" ", -1)));
    command.add(".");
    Programs.run(directory, command);
  }

  @Test
  void readsPaxArchivesOfLibarchive() throws IOException {
    Programs.need("bsdtar");
    Scripts.make(files, "nanos", "xattrs");
    Programs.run(directory, "bsdtar", "-C", "files", "--format=pax", "-cf", "archive", ".");
    archiveIsWhatTheFilesAre();
  }

  @Test
  void readsGnuArchivesOfLibarchive() throws IOException {
    Programs.need("bsdtar");
    Scripts.make(files);
    Programs.run(directory, "bsdtar", "-C", "files", "--format=gnutar", "-cf", "archive", ".");
    archiveIsWhatTheFilesAre();
  }

  @Test
  void readsPaxArchivesOfPython() throws IOException {
    Scripts.make(files);
    Programs.run(directory, "python3", "-c", PYTHON, "2");
    archiveIsWhatTheFilesAre();
  }

  @Test
  void readsGnuArchivesOfPython() throws IOException {
    Scripts.make(files);
    Programs.run(directory, "python3", "-c", PYTHON, "1");
    archiveIsWhatTheFilesAre();
  }

  /** Writes what an archive of the files holds in our form, and unpacks that elsewhere. */
  private void unpacked(List<String> features, String... unpack) throws IOException {
    Scripts.make(files, features.toArray(String[]::new));
    gnuTar("--format=posix --xattrs --xattrs-include=*");
    View view = archive();
    try (OutputStream out = Files.newOutputStream(directory.resolve("ours"))) {
      TarWriter writer = new TarWriter(out);
      for (int entry = 0; entry < view.size(); entry++) {
        Entry value = view.entry(entry);
        writer.begin(value);
        if (value.node() instanceof Node.RegularFile && view.length(entry) > 0) {
          byte[] content = Files.readAllBytes(real(value));
          writer.write(content, 0, content.length);
        }
      }
      writer.finish();
    }
    Path target = Files.createDirectory(directory.resolve("unpacked"));
    Programs.run(directory, unpack);
    assertThat(Scripts.walk(target)).isEqualTo(Scripts.walk(files));
  }

  /** The JVM cannot name every file by its bytes; Python can. */
  private Path real(Entry entry) throws IOException {
    Path copy = directory.resolve("content");
    Programs.run(
        directory,
        "python3",
        "-c",
        "import shutil, sys; shutil.copyfile(b'files/' + bytes.fromhex(sys.argv[1]), 'content')",
        HexFormat.of().formatHex(entry.path().toByteArray()));
    return copy;
  }

  @Test
  void gnuTarUnpacksWhatIsWritten() throws IOException {
    Programs.need("tar");
    unpacked(
        List.of("nanos", "xattrs", "negative"),
        "tar",
        "-C",
        "unpacked",
        "--xattrs",
        "--xattrs-include=*",
        "-xpf",
        "ours");
  }

  /** It takes the fraction of a negative time for a positive one, and writes it so. */
  @Test
  void libarchiveUnpacksWhatIsWritten() throws IOException {
    Programs.need("bsdtar");
    unpacked(List.of("nanos", "xattrs"), "bsdtar", "-C", "unpacked", "-xpf", "ours");
  }
}

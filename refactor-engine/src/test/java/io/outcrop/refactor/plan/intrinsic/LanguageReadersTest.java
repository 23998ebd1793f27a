package io.outcrop.refactor.plan.intrinsic;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.refactor.tar.RawTar;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class LanguageReadersTest {

  private static final String SITE = "usr/local/lib/python3.12/site-packages/";
  private static final String BIG = "x".repeat(5000);

  @Test
  void apkNamesFilesByDirectory() throws IOException {
    PlannedImage image =
        PlannedImage.of(
            new RawTar()
                .symlink("lib", "usr/lib")
                .file("usr/lib/libc.so", BIG)
                .file("usr/bin/tool", BIG + "t")
                .file("usr/bin/own", "o")
                .file(
                    "usr/lib/apk/db/installed",
                    """
                    C:Q1abc=
                    P:musl
                    V:1.2.5-r0
                    A:x86_64
                    F:lib
                    R:libc.so
                    a:0:0:755
                    Z:Q1def=

                    P:tool
                    V:1-r1
                    A:x86_64
                    F:usr
                    F:usr/bin
                    M:0:0:755
                    R:tool
                    R:absent
                    """));
    assertThat(image.names())
        .containsExactly("apk tool 1-r1 x86_64", "apk musl 1.2.5-r0 x86_64", "private");
    assertThat(image.group("apk musl 1.2.5-r0 x86_64")).containsExactly("usr/lib/libc.so");
    assertThat(image.group("apk tool 1-r1 x86_64")).containsExactly("usr/bin/tool");
  }

  @Test
  void pythonDistributionsHaveWhatTheirRecordNames() throws IOException {
    PlannedImage image =
        PlannedImage.of(
            new RawTar()
                .file(SITE + "six.py", BIG)
                .file(SITE + "a,b \"c\".py", "odd name")
                .file("usr/local/bin/six", "#!")
                .file(SITE + "other.py", "not in the record")
                .file(SITE + "six-1.16.0.dist-info/METADATA", "Name: six")
                .file(
                    SITE + "six-1.16.0.dist-info/RECORD",
                    "six.py,sha256=abc,5000\r\n\"a,b \"\"c\"\".py\",,\n../../../bin/six,,\n"
                        + "six-1.16.0.dist-info/METADATA,,\nsix-1.16.0.dist-info/RECORD,,\n"
                        + "../../../../../../../etc/passwd,,\n")
                .file("etc/passwd", "root")
                .file(SITE + "old.py", BIG)
                .file(SITE + "old-2-py3.12.egg-info/installed-files.txt", "../old.py\nPKG-INFO\n")
                .file(SITE + "old-2-py3.12.egg-info/PKG-INFO", "Name: old"));
    assertThat(image.group("pypi six 1.16.0"))
        .containsExactlyInAnyOrder(
            SITE + "six.py",
            SITE + "a,b \"c\".py",
            "usr/local/bin/six",
            SITE + "six-1.16.0.dist-info/METADATA",
            SITE + "six-1.16.0.dist-info/RECORD");
    assertThat(image.group("pypi old 2"))
        .containsExactlyInAnyOrder(SITE + "old.py", SITE + "old-2-py3.12.egg-info/PKG-INFO");
    assertThat(image.group("private")).contains("etc/passwd", SITE + "other.py");
  }

  @Test
  void nodePackagesAreDirectoriesWithoutThePackagesInThem() throws IOException {
    String modules = "app/node_modules/";
    PlannedImage image =
        PlannedImage.of(
            new RawTar()
                .file(
                    modules + "a/package.json",
                    "{\"version\":\"1.0.0\",\"x\":{\"name\":\"no\"},\"name\":\"a\"}")
                .file(modules + "a/index.js", BIG)
                .file(
                    modules + "a/node_modules/b/package.json",
                    "{\"name\":\"b\",\"version\":\"2.0.0\"}")
                .file(modules + "a/node_modules/b/lib/index.js", BIG)
                .file(
                    modules + "@scope/c/package.json",
                    "{\"name\":\"@scope/c\",\"version\":\"3.0.0\"}")
                .file(modules + "@scope/c/index.js", BIG)
                .file(modules + "broken/package.json", "{\"name\":\"broken\",")
                .file(modules + "broken/index.js", BIG)
                .symlink(modules + ".bin/a", "../a/index.js"));
    assertThat(image.group("npm a 1.0.0"))
        .containsExactlyInAnyOrder(modules + "a/package.json", modules + "a/index.js");
    assertThat(image.group("npm b 2.0.0"))
        .containsExactlyInAnyOrder(
            modules + "a/node_modules/b/package.json", modules + "a/node_modules/b/lib/index.js");
    assertThat(image.group("npm @scope/c 3.0.0")).hasSize(2);
    assertThat(image.groupOf(modules + "broken/index.js"))
        .isEqualTo("files in app/node_modules/broken");
  }

  @Test
  void gemsHaveTheirDirectoriesAndSpecification() throws IOException {
    String ruby = "usr/local/lib/ruby/gems/3.3.0/";
    PlannedImage image =
        PlannedImage.of(
            new RawTar()
                .file(ruby + "gems/nokogiri-xml-1.16.0-x86_64-linux/lib/n.rb", BIG)
                .file(ruby + "gems/orphan-1.0/lib/o.rb", "o")
                .file(
                    ruby + "extensions/x86_64-linux/3.3.0/nokogiri-xml-1.16.0-x86_64-linux/n.so",
                    "e")
                .file(ruby + "cache/nokogiri-xml-1.16.0-x86_64-linux.gem", "g")
                .file(ruby + "specifications/nokogiri-xml-1.16.0-x86_64-linux.gemspec", "s"));
    assertThat(image.group("gem nokogiri-xml 1.16.0-x86_64-linux")).hasSize(4);
    assertThat(image.groupOf(ruby + "gems/orphan-1.0/lib/o.rb")).isEqualTo("private");
  }

  @Test
  void eachJarIsOneUnlessAnotherPackageHasIt() throws IOException {
    PlannedImage image =
        PlannedImage.of(
            new RawTar()
                .file("app/libs/one.jar", BIG)
                .file("app/libs/two.jar", BIG + "2")
                .file(SITE + "spark/s.jar", BIG)
                .file(SITE + "spark-3.dist-info/RECORD", "spark/s.jar,,\n"));
    assertThat(image.names())
        .containsExactly("jar two.jar", "jar one.jar", "pypi spark 3", "private");
  }

  @Test
  void packagesOfTheSystemComeBeforeThoseOfALanguage() throws IOException {
    PlannedImage image =
        PlannedImage.of(
            new RawTar()
                .file("usr/lib/python3/dist-packages/six.py", BIG)
                .file("usr/lib/python3/dist-packages/six-1.dist-info/RECORD", "six.py,,\n")
                .file(
                    "var/lib/dpkg/info/python3-six.list", "/usr/lib/python3/dist-packages/six.py\n")
                .file(
                    "var/lib/dpkg/status",
                    "Package: python3-six\nArchitecture: all\nVersion: 1-1\n"));
    assertThat(image.groupOf("usr/lib/python3/dist-packages/six.py"))
        .isEqualTo("dpkg python3-six 1-1 all");
  }
}

package io.outcrop.proxy.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.oci.InvalidNameException;
import io.outcrop.oci.Namespace;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ImageReferenceTest {

  private static final String DIGEST =
      "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  private final NameMapper names =
      new NameMapper(
          Set.of(Namespace.DOCKER_HUB, new Namespace("quay.io"), new Namespace("localhost:5055")),
          Namespace.DOCKER_HUB);

  @ParameterizedTest
  @CsvSource({
    "debian, docker.io/library/debian:latest",
    "debian:12, docker.io/library/debian:12",
    "org/app:1, docker.io/org/app:1",
    "docker.io/library/debian:12, docker.io/library/debian:12",
    "index.docker.io/library/debian:12, docker.io/library/debian:12",
    "quay.io/org/sub/app, quay.io/org/sub/app:latest",
    "localhost:5055/app, localhost:5055/app:latest",
    "localhost:5055/app:1, localhost:5055/app:1",
  })
  void readsWhatPeopleWrite(String text, String full) throws Exception {
    ImageReference image = ImageReference.parse(text, names);
    assertThat(image).hasToString(full);
    assertThat(ImageReference.parse(full, names)).isEqualTo(image);
  }

  @Test
  void ofATagAndADigestTheDigestCounts() throws Exception {
    assertThat(ImageReference.parse("debian@" + DIGEST, names))
        .isEqualTo(ImageReference.parse("debian:12@" + DIGEST, names))
        .hasToString("docker.io/library/debian@" + DIGEST);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ":", "app:", "UPPER", "app@", "app@sha256:12", "a b", "app:1:2", "/app"})
  void refusesWhatIsNoName(String text) {
    assertThatThrownBy(() -> ImageReference.parse(text, names))
        .isInstanceOf(InvalidNameException.class);
  }

  @Test
  void refusesARegistryThatIsNotConfigured() {
    assertThatThrownBy(() -> ImageReference.parse("ghcr.io/org/app", names))
        .isInstanceOf(UnknownNamespaceException.class);
  }
}

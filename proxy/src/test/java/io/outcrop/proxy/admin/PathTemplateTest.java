package io.outcrop.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PathTemplateTest {

  @Test
  void wordsMatchThemselves() {
    PathTemplate template = PathTemplate.parse("/admin/v1/pins");
    assertThat(template.match("/admin/v1/pins")).hasValue(Map.of());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/admin/v1",
        "/admin/v1/pins/",
        "/admin/v1/pins/x",
        "/admin/v1/PINS",
        "admin/v1/pins"
      })
  void nothingElseDoes(String path) {
    assertThat(PathTemplate.parse("/admin/v1/pins").match(path)).isEmpty();
  }

  @Test
  void aVariableTakesOneSegment() {
    PathTemplate template = PathTemplate.parse("/content/{digest}/explanation");
    assertThat(template.match("/content/sha256:1/explanation"))
        .hasValue(Map.of("digest", "sha256:1"));
    assertThat(template.match("/content//explanation")).isEmpty();
    assertThat(template.match("/content/a/b/explanation")).isEmpty();
    assertThat(template.match("/content/a")).isEmpty();
  }

  @Test
  void theLastMayTakeAllThatIsLeft() {
    PathTemplate template = PathTemplate.parse("/pins/{image...}");
    assertThat(template.match("/pins/quay.io/org/app:1"))
        .hasValue(Map.of("image", "quay.io/org/app:1"));
    assertThat(template.match("/pins/")).isEmpty();
    assertThat(template.match("/pins")).isEmpty();
    assertThat(template).hasToString("/pins/{image}");
  }
}

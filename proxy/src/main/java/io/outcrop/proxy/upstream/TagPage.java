package io.outcrop.proxy.upstream;

import io.outcrop.oci.Tag;
import java.util.List;

/**
 * Some tags of a repository.
 *
 * @param tags in the upstream's order
 * @param more whether further ones follow the last
 * @param anonymous whether they were listed without any credential
 */
public record TagPage(List<Tag> tags, boolean more, boolean anonymous) {

  /** Copies what is mutable. */
  public TagPage {
    tags = List.copyOf(tags);
  }
}

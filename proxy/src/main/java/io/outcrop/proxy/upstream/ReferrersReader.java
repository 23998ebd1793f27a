package io.outcrop.proxy.upstream;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.oci.RepositoryName;
import io.outcrop.oci.Tag;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Lists what refers to a manifest: by the referrers API, or by the tag that stood in for it. */
final class ReferrersReader {

  /** Numbers stay as they were written. */
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private static final int MAX_BYTES = 8 << 20;
  private static final int MAX_PAGES = 50;
  private static final int MAX_DESCRIPTORS = 10_000;

  /** One answer; no descriptors where it is not from a registry that has the API. */
  private record Page(
      Optional<List<ObjectNode>> descriptors, Optional<URI> next, boolean anonymous) {}

  private ReferrersReader() {}

  static Referrers list(EndpointClient client, RepositoryName repository, Digest subject)
      throws UpstreamException {
    Call call =
        Call.get(Kind.REFERRERS, repository, repository + "/referrers/" + subject)
            .accepting(MediaType.OCI_INDEX.value())
            .seeing(400, 404, 405, 501);
    List<ObjectNode> all = new ArrayList<>();
    boolean anonymous = true;
    Optional<Call> next = Optional.of(call);
    for (int pages = 0; next.isPresent(); pages++) {
      Call current = next.get();
      Page page = client.call(current, (answer, _) -> read(answer, client, current));
      if (page.descriptors.isEmpty()) {
        return byTag(client, repository, subject);
      }
      all.addAll(page.descriptors.get());
      if (pages == MAX_PAGES || all.size() > MAX_DESCRIPTORS) {
        throw new UpstreamException.Invalid(
            client.endpoint().address().label() + " has too many referrers of " + subject);
      }
      anonymous &= page.anonymous;
      next = page.next.map(call::at);
    }
    return new Referrers(all, anonymous);
  }

  private static Page read(Answer answer, EndpointClient client, Call call)
      throws UpstreamException, IOException {
    Page unsupported = new Page(Optional.empty(), Optional.empty(), answer.anonymous());
    if (answer.status() != 200 || answer.isHtml()) {
      return unsupported;
    }
    byte[] bytes =
        answer
            .readAll(MAX_BYTES)
            .orElseThrow(() ->
                new UpstreamException.Invalid(
                    client.endpoint().address().label()
                        + " sent referrers of more than "
                        + MAX_BYTES
                        + " bytes"));
    Optional<List<ObjectNode>> descriptors = descriptors(bytes);
    if (descriptors.isEmpty()) {
      return unsupported;
    }
    return new Page(descriptors, next(answer, client, call), answer.anonymous());
  }

  private static Optional<URI> next(Answer answer, EndpointClient client, Call call)
      throws UpstreamException.Invalid {
    Optional<String> link = Link.next(answer.headers().allValues("Link"));
    if (link.isEmpty()) {
      return Optional.empty();
    }
    URI current = client.endpoint().address().resolve(call);
    try {
      URI next = Addresses.resolve(current, link.get());
      if (Origin.of(next).equals(Origin.of(current))) {
        return Optional.of(next);
      }
    } catch (IllegalArgumentException e) {
      // Told below.
    }
    throw new UpstreamException.Invalid(
        client.endpoint().address().label() + " sent a next page that is not its own");
  }

  private static Referrers byTag(EndpointClient client, RepositoryName repository, Digest subject)
      throws UpstreamException {
    try {
      FetchedManifest index =
          ManifestReader.get(client, repository, Tag.referrersFallback(subject));
      return new Referrers(descriptors(index.bytes()).orElse(List.of()), index.anonymous());
    } catch (UpstreamException.NotFound e) {
      return new Referrers(List.of(), /* anonymous= */ false);
    }
  }

  private static Optional<List<ObjectNode>> descriptors(byte[] index) {
    try {
      JsonNode manifests = MAPPER.readTree(index).path("manifests");
      if (!manifests.isArray()) {
        return Optional.empty();
      }
      List<ObjectNode> descriptors = new ArrayList<>();
      for (JsonNode descriptor : manifests) {
        if (descriptor instanceof ObjectNode object) {
          descriptors.add(object);
        }
      }
      return Optional.of(descriptors);
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }
}

package io.outcrop.proxy.upstream;

import io.outcrop.oci.Digest;
import io.outcrop.oci.InvalidManifestException;
import io.outcrop.oci.InvalidNameException;
import io.outcrop.oci.Manifest;
import io.outcrop.oci.ManifestParser;
import io.outcrop.oci.MediaType;
import io.outcrop.oci.Reference;
import io.outcrop.oci.RepositoryName;
import io.outcrop.oci.Tag;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads manifests from an endpoint, and believes nothing it can check. */
final class ManifestReader {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  /** Declared by servers that do not know better; the document itself tells more. */
  private static final Set<String> VAGUE =
      Set.of("application/json", "application/octet-stream", "binary/octet-stream", "text/plain");

  private ManifestReader() {}

  static FetchedManifest get(EndpointClient client, RepositoryName repository, Reference reference)
      throws UpstreamException {
    Call call = Call.get(Kind.MANIFEST, repository, path(repository, reference));
    return client.call(call, (answer, _) -> read(answer, client, reference));
  }

  static ManifestHead head(EndpointClient client, RepositoryName repository, Reference reference)
      throws UpstreamException {
    Call call =
        Call.head(Kind.MANIFEST_HEAD, repository, path(repository, reference)).seeing(405, 501);
    Optional<ManifestHead> head =
        client.call(call, (answer, _) -> readHead(answer, client, reference));
    if (head.isPresent()) {
      return head.get();
    }
    return new ManifestHead.WithBody(get(client, repository, reference));
  }

  private static String path(RepositoryName repository, Reference reference) {
    return repository + "/manifests/" + reference;
  }

  /** What the headers tell; empty where they do not tell enough. */
  private static Optional<ManifestHead> readHead(
      Answer answer, EndpointClient client, Reference reference) throws UpstreamException {
    if (answer.status() != 200) {
      return Optional.empty();
    }
    String who = client.endpoint().address().label();
    rejectHtml(answer, who);
    Optional<MediaType> type = declared(answer);
    Optional<Digest> told = answer.header("Docker-Content-Digest").flatMap(Digest::tryParse);
    Optional<Digest> digest = told;
    if (reference instanceof Digest asked) {
      if (told.isPresent() && conflict(told.get(), asked)) {
        throw new UpstreamException.Invalid(who + " has " + told.get() + " as " + asked);
      }
      digest = Optional.of(asked);
    }
    if (type.filter(t -> !VAGUE.contains(t.value())).isEmpty() || digest.isEmpty()) {
      return Optional.empty();
    }
    if (type.get().isSchema1()) {
      throw new UpstreamException.Invalid(who + " has only a schema 1 manifest");
    }
    return Optional.of(
        new ManifestHead.HeadOnly(
            digest.get(), type.get(), answer.contentLength(), answer.anonymous()));
  }

  private static FetchedManifest read(Answer answer, EndpointClient client, Reference reference)
      throws UpstreamException, IOException {
    String who = client.endpoint().address().label();
    rejectHtml(answer, who);
    if (answer.status() != 200 || answer.isEncoded()) {
      throw new UpstreamException.Invalid(who + " sent a part of a manifest, or an encoded one");
    }
    byte[] bytes =
        answer
            .readAll(ManifestParser.MAX_BYTES)
            .orElseThrow(() ->
                new UpstreamException.Invalid(
                    who + " sent a manifest of more than " + ManifestParser.MAX_BYTES + " bytes"));
    Digest expected =
        switch (reference) {
          case Digest asked -> asked;
          case Tag _ ->
              answer
                  .header("Docker-Content-Digest")
                  .flatMap(Digest::tryParse)
                  .orElseGet(() -> Digest.sha256(bytes));
        };
    Digest actual = Digest.of(expected.algorithm(), bytes);
    if (!actual.equals(expected)) {
      throw new UpstreamException.Invalid(
          who + " sent a manifest with digest " + actual + " (expected: " + expected + ")");
    }
    MediaType type = declared(answer).orElse(MediaType.JSON);
    if (VAGUE.contains(type.value())) {
      type = ownType(bytes).orElse(type);
    }
    try {
      Manifest manifest = ManifestParser.parse(bytes, type);
      return new FetchedManifest(expected, type, bytes, manifest, answer.anonymous());
    } catch (InvalidManifestException e) {
      throw new UpstreamException.Invalid(who + " sent an unusable manifest: " + e.getMessage(), e);
    }
  }

  private static void rejectHtml(Answer answer, String who) throws UpstreamException.Invalid {
    if (answer.isHtml()) {
      throw new UpstreamException.Invalid(who + " sent a web page in place of a manifest");
    }
  }

  private static boolean conflict(Digest told, Digest asked) {
    return told.algorithm() == asked.algorithm() && !told.equals(asked);
  }

  private static Optional<MediaType> declared(Answer answer) {
    try {
      return answer.header("Content-Type").map(MediaType::ofContentType);
    } catch (InvalidNameException e) {
      return Optional.empty();
    }
  }

  private static Optional<MediaType> ownType(byte[] bytes) {
    try {
      JsonNode root = MAPPER.readTree(bytes);
      String own = root.path("mediaType").asString("");
      if (!own.isEmpty()) {
        return Optional.of(new MediaType(own));
      }
      if (root.path("manifests").isArray()) {
        return Optional.of(MediaType.OCI_INDEX);
      }
      return root.has("config") ? Optional.of(MediaType.OCI_MANIFEST) : Optional.empty();
    } catch (JacksonException | InvalidNameException e) {
      return Optional.empty(); // the parser proper will say what is wrong
    }
  }
}

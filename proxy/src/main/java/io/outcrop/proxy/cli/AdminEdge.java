package io.outcrop.proxy.cli;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.oci.Repository;
import io.outcrop.oci.Tag;
import io.outcrop.proxy.media.EdgeContent;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** An edge reached through its admin API. What fails there is told as {@link EdgeFailure}. */
final class AdminEdge implements EdgeContent {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String CONTENT = "/admin/v1/content/";
  private static final String TAGS = "/admin/v1/tags";
  private static final String REFERRERS = "/admin/v1/referrers";
  private static final String UPLOAD_OFFSET = "Upload-Offset";
  // Asking for leave to send costs a round trip, which a small body is not worth.
  private static final long SMALL_BYTES = 64 << 10;
  private static final int LONGEST_ANSWER = 1 << 20;

  private final AdminClient client;

  AdminEdge(AdminClient client) {
    this.client = client;
  }

  @Override
  public Presence look(Digest digest, List<Repository> repositories) throws IOException {
    String path = CONTENT + digest + query(repositories);
    try {
      HttpResponse<InputStream> response =
          client.open(client.request(path).method("HEAD", BodyPublishers.noBody()).build());
      response.body().close();
      if (response.statusCode() == 200) {
        return new Presence.Held(
            response.headers().firstValueAsLong("Content-Length").orElse(-1),
            response
                .headers()
                .firstValue("Content-Type")
                .map(MediaType::ofContentType)
                .filter(type -> !type.equals(MediaType.OCTET_STREAM)),
            response.headers().firstValue("Outcrop-Access").filter("private"::equals).isPresent());
      }
      if (response.statusCode() == 404
          && response.headers().firstValue(UPLOAD_OFFSET).isPresent()) {
        return new Presence.Absent(response.headers().firstValueAsLong(UPLOAD_OFFSET).orElse(0));
      }
      // An answer to HEAD cannot say what is wrong.
      var _ = client.get(path);
      return new Presence.Absent(0);
    } catch (CommandException e) {
      throw new EdgeFailure(e);
    }
  }

  @Override
  public Optional<InputStream> open(Digest digest, Repository repository, long offset)
      throws IOException {
    HttpRequest.Builder request = client.request(CONTENT + digest + query(List.of(repository)));
    if (offset > 0) {
      request.header("Range", "bytes=" + offset + '-');
    }
    try {
      HttpResponse<InputStream> response = client.open(request.GET().build());
      int expected = offset > 0 ? 206 : 200;
      if (response.statusCode() == expected) {
        return Optional.of(response.body());
      }
      byte[] body = read(response);
      if (response.statusCode() == 404) {
        return Optional.empty();
      }
      AdminClient.check(response.statusCode(), body);
      throw new CommandException(
          Main.FAILED, "the edge answered " + response.statusCode() + " for bytes of " + digest);
    } catch (CommandException e) {
      throw new EdgeFailure(e);
    }
  }

  @Override
  public Delivery bring(Consignment consignment) throws IOException {
    Noting bytes = new Noting(consignment.bytes());
    try {
      HttpResponse<InputStream> response = client.open(request(consignment, bytes));
      byte[] body = read(response);
      return switch (response.statusCode()) {
        case 200, 201 -> new Delivery.Taken();
        case 409 -> new Delivery.Busy();
        case 416 ->
            new Delivery.Ahead(response.headers().firstValueAsLong(UPLOAD_OFFSET).orElse(0));
        case 422 -> new Delivery.Wrong(detail(body));
        default -> {
          AdminClient.check(response.statusCode(), body);
          throw new CommandException(
              Main.FAILED, "the edge answered " + response.statusCode() + " to content");
        }
      };
    } catch (CommandException e) {
      // What looks like the edge breaking off may be the layout.
      throw bytes.failure.isPresent() ? bytes.failure.get() : new EdgeFailure(e);
    }
  }

  @Override
  public Optional<Known> tag(Repository repository, Tag tag) throws IOException {
    Optional<JsonNode> found = find(TAGS + query(List.of(repository)) + "&tag=" + tag);
    return found.map(AdminEdge::known);
  }

  @Override
  public Optional<Known> setTag(Repository repository, Tag tag, Known known, boolean force)
      throws IOException {
    ObjectNode body =
        JSON.createObjectNode()
            .put("repository", repository.toString())
            .put("tag", tag.value())
            .put("digest", known.digest().toString())
            .put("confirmedAt", known.confirmedAt().toString())
            .put("force", force);
    try {
      HttpResponse<InputStream> response = client.open(put(TAGS, body));
      byte[] answer = read(response);
      if (response.statusCode() == 409) {
        return Optional.of(known(JSON.readTree(answer)));
      }
      AdminClient.check(response.statusCode(), answer);
      return Optional.empty();
    } catch (CommandException e) {
      throw new EdgeFailure(e);
    }
  }

  @Override
  public Optional<Referrers> referrers(Repository repository, Digest subject) throws IOException {
    Optional<JsonNode> found = find(REFERRERS + query(List.of(repository)) + "&subject=" + subject);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    List<Descriptor> manifests = new ArrayList<>();
    for (JsonNode node : found.get().path("manifests")) {
      Digest.tryParse(node.path("digest").asString(""))
          .ifPresent(digest ->
              manifests.add(
                  Descriptor.of(
                      MediaType.OCI_MANIFEST, digest, Math.max(0, node.path("size").asLong(0)))));
    }
    return Optional.of(
        new Referrers(manifests, Instant.parse(found.get().path("confirmedAt").asString(""))));
  }

  @Override
  public void setReferrer(Repository repository, Digest manifest, Instant confirmedAt)
      throws IOException {
    ObjectNode body =
        JSON.createObjectNode()
            .put("repository", repository.toString())
            .put("digest", manifest.toString())
            .put("confirmedAt", confirmedAt.toString());
    try {
      HttpResponse<InputStream> response = client.open(put(REFERRERS, body));
      AdminClient.check(response.statusCode(), read(response));
    } catch (CommandException e) {
      throw new EdgeFailure(e);
    }
  }

  @Override
  public long capacity() throws IOException {
    try {
      JsonNode storage = client.get("/admin/v1/status").path("storage");
      // Less than what is configured, where others have filled the volume.
      return storage.path("effectiveCapacityBytes").asLong(Long.MAX_VALUE);
    } catch (CommandException e) {
      throw new EdgeFailure(e);
    }
  }

  private HttpRequest request(Consignment consignment, InputStream bytes) {
    long length = consignment.size() - consignment.offset();
    String path =
        CONTENT
            + consignment.digest()
            + query(consignment.repositories())
            + consignment
                .mediaType()
                .map(type -> AdminClient.path("&mediaType=", type.value()))
                .orElse("")
            + (consignment.isPrivate() ? "&access=private" : "");
    BodyPublisher body =
        length == 0
            ? BodyPublishers.noBody()
            : BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(() -> bytes), length);
    HttpRequest.Builder request =
        client.request(path).PUT(body).expectContinue(length > SMALL_BYTES);
    if (consignment.offset() > 0) {
      request.header(
          "Content-Range",
          "bytes %d-%d/%d"
              .formatted(consignment.offset(), consignment.size() - 1, consignment.size()));
    }
    return request.build();
  }

  private HttpRequest put(String path, ObjectNode body) {
    return client
        .request(path)
        .header("Content-Type", "application/json")
        .PUT(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
        .build();
  }

  private Optional<JsonNode> find(String path) throws IOException {
    try {
      return Optional.of(client.get(path));
    } catch (CommandException e) {
      if (e.exitCode() == Main.NOT_FOUND) {
        return Optional.empty();
      }
      throw new EdgeFailure(e);
    }
  }

  private static Known known(JsonNode node) {
    return new Known(
        Digest.parse(node.path("digest").asString("")),
        Instant.parse(node.path("confirmedAt").asString("")));
  }

  private static String detail(byte[] body) {
    return JSON.readTree(body).path("detail").asString("it was refused");
  }

  private static byte[] read(HttpResponse<InputStream> response) throws IOException {
    try (InputStream in = response.body()) {
      return in.readNBytes(LONGEST_ANSWER);
    }
  }

  private static String query(List<Repository> repositories) {
    return repositories.isEmpty()
        ? ""
        : AdminClient.path(
            "?repository=",
            repositories.stream().map(Repository::toString).collect(Collectors.joining(",")));
  }

  /** Remembers that it failed, as who reads it tells of that in other words. */
  private static final class Noting extends FilterInputStream {
    private volatile Optional<IOException> failure = Optional.empty();

    Noting(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      try {
        return super.read();
      } catch (IOException e) {
        failure = Optional.of(e);
        throw e;
      }
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      try {
        return super.read(target, offset, length);
      } catch (IOException e) {
        failure = Optional.of(e);
        throw e;
      }
    }
  }
}

package io.outcrop.proxy.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;
import io.outcrop.oci.Digest;
import io.outcrop.oci.InvalidManifestException;
import io.outcrop.oci.ManifestParser;
import io.outcrop.oci.MediaType;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.fill.Incoming;
import io.outcrop.proxy.fill.Received;
import io.outcrop.proxy.http.BlobResponse;
import io.outcrop.proxy.http.Response;
import io.outcrop.proxy.names.NameMapper;
import io.outcrop.proxy.names.UnknownNamespaceException;
import io.outcrop.proxy.transfer.ContentTransfer;
import io.outcrop.proxy.transfer.HeldContent;
import io.outcrop.proxy.upstream.ContentRange;
import io.outcrop.storage.ContentInfo;
import io.outcrop.storage.ContentInfo.Origin;
import io.outcrop.storage.DigestMismatchException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Content by digest, given away and taken in without asking any upstream. Thread-safe. */
public final class ContentRoutes {

  static final AsciiString UPLOAD_OFFSET = AsciiString.cached("upload-offset");
  static final AsciiString ACCESS = AsciiString.cached("outcrop-access");

  private static final AsciiString CONTENT_DIGEST = AsciiString.cached("docker-content-digest");
  private static final String PATH = "/admin/v1/content/{digest}";

  private final ContentTransfer transfer;
  private final NameMapper names;

  /** Gives from and takes into what a service holds. */
  public ContentRoutes(ContentTransfer transfer, NameMapper names) {
    this.transfer = transfer;
    this.names = names;
  }

  /** The routes. */
  public List<Route> routes() {
    return List.of(Route.get(PATH, this::give), Route.put(PATH, this::take));
  }

  private Response give(AdminRequest request) throws IOException, UnknownNamespaceException {
    Digest digest = Digest.parse(request.variable("digest"));
    List<Repository> repositories = repositories(request.parameter("repository").orElse(""));
    if (request.exchange().isHead()) {
      Optional<ContentInfo> info = transfer.info(digest, repositories);
      return info.isPresent()
          ? BlobResponse.head(headers(digest, info.get()), info.get().size())
          : absent(digest);
    }
    return switch (transfer.open(digest, repositories).orElse(null)) {
      case null -> absent(digest);
      case HeldContent.InMemory(ContentInfo info, byte[] bytes) ->
          BlobResponse.of(request.exchange(), headers(digest, info), bytes);
      case HeldContent.InFile(ContentInfo info, var content) ->
          BlobResponse.of(request.exchange(), headers(digest, info), content);
    };
  }

  private Response take(AdminRequest request) throws IOException, UnknownNamespaceException {
    Digest digest = Digest.parse(request.variable("digest"));
    List<Repository> repositories = repositories(request.parameter("repository").orElse(""));
    if (repositories.isEmpty()) {
      throw bad("repository: none (expected: where the content is from)");
    }
    Origin origin = origin(request.parameter("access"));
    Optional<String> mediaType = request.parameter("mediaType");
    try {
      return answer(
          digest,
          mediaType.isPresent()
              ? manifest(request, repositories, digest, new MediaType(mediaType.get()), origin)
              : transfer.blob(repositories, digest, incoming(request, origin)));
    } catch (DigestMismatchException e) {
      throw new ProblemException(
          HttpResponseStatus.UNPROCESSABLE_ENTITY,
          String.valueOf(e.getMessage()),
          Map.of("code", "DIGEST_INVALID"));
    }
  }

  private Received manifest(
      AdminRequest request,
      List<Repository> repositories,
      Digest digest,
      MediaType mediaType,
      Origin origin)
      throws IOException {
    byte[] bytes = request.exchange().body().readAll(ManifestParser.MAX_BYTES);
    try {
      return transfer.manifest(repositories, digest, mediaType, origin, bytes);
    } catch (InvalidManifestException e) {
      throw new ProblemException(
          HttpResponseStatus.UNPROCESSABLE_ENTITY,
          String.valueOf(e.getMessage()),
          Map.of("code", "MANIFEST_INVALID"));
    }
  }

  private static Response answer(Digest digest, Received received) {
    ObjectNode document = JsonMapper.shared().createObjectNode().put("digest", digest.toString());
    return switch (received) {
      case Received.Stored _ ->
          Answers.json(HttpResponseStatus.CREATED, document.put("stored", true));
      case Received.Held _ -> Answers.json(document.put("stored", false));
      case Received.Busy _ -> {
        Response busy =
            Problems.of(
                HttpResponseStatus.CONFLICT,
                digest + " is on its way here already: ask again when it has come");
        busy.headers().set(HttpHeaderNames.RETRY_AFTER, 1);
        yield busy;
      }
      case Received.Ahead(long length) -> {
        Response ahead =
            Problems.of(
                HttpResponseStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
                "of " + digest + " there are " + length + " bytes here: go on from there");
        ahead.headers().set(UPLOAD_OFFSET, length);
        yield ahead;
      }
    };
  }

  /** What is in the body: the whole, or, with Content-Range, all from an offset on. */
  private static Incoming incoming(AdminRequest request, Origin origin) {
    OptionalLong length = request.exchange().body().length();
    if (length.isEmpty()) {
      throw new ProblemException(
          HttpResponseStatus.LENGTH_REQUIRED, "no Content-Length, by which room is booked");
    }
    Optional<String> header = request.exchange().header(HttpHeaderNames.CONTENT_RANGE);
    ReadableByteChannel bytes = new Upload(request.exchange().body());
    if (header.isEmpty()) {
      return new Incoming(bytes, 0, length.getAsLong(), origin);
    }
    ContentRange range =
        ContentRange.parse(header.get())
            .filter(r -> r.total().orElse(-1) == r.end() + 1)
            .filter(r -> r.length() == length.getAsLong())
            .orElseThrow(() ->
                bad(
                    "Content-Range: "
                        + header.get()
                        + " (expected: bytes OFFSET-LAST/TOTAL, up to the end, as long as the"
                        + " body)"));
    return new Incoming(bytes, range.start(), range.total().getAsLong(), origin);
  }

  private static Origin origin(Optional<String> access) {
    return switch (access.orElse("public")) {
      case "public" -> Origin.PUBLIC;
      case "private" -> Origin.PRIVATE;
      default -> throw bad("access: " + access.get() + " (expected: public or private)");
    };
  }

  private Response absent(Digest digest) throws IOException {
    Response response =
        Problems.of(
            HttpResponseStatus.NOT_FOUND, digest + ": is not held, or not for this repository");
    response.headers().set(UPLOAD_OFFSET, transfer.partialLength(digest));
    return response;
  }

  /** One repository, or several with commas between them, which no name has. */
  private List<Repository> repositories(String list) throws UnknownNamespaceException {
    List<Repository> repositories = new ArrayList<>();
    for (String name : list.isEmpty() ? new String[0] : list.split(",", -1)) {
      repositories.add(names.map(name, Optional.empty()));
    }
    return repositories;
  }

  private static HttpHeaders headers(Digest digest, ContentInfo info) {
    return Response.newHeaders()
        .set(CONTENT_DIGEST, digest.toString())
        .set(HttpHeaderNames.ETAG, '"' + digest.toString() + '"')
        .set(HttpHeaderNames.CONTENT_TYPE, info.mediaType().orElse(MediaType.OCTET_STREAM).value())
        .set(ACCESS, info.origin().name().toLowerCase(Locale.ROOT));
  }

  private static ProblemException bad(String detail) {
    return new ProblemException(HttpResponseStatus.BAD_REQUEST, detail);
  }

  /** A body whose failure is the client's, and so no error of this edge. */
  private record Upload(ReadableByteChannel body) implements ReadableByteChannel {
    @Override
    public int read(ByteBuffer target) {
      try {
        return body.read(target);
      } catch (IOException e) {
        throw bad("the body of the request broke off: " + e.getMessage());
      }
    }

    @Override
    public boolean isOpen() {
      return body.isOpen();
    }

    @Override
    public void close() throws IOException {
      body.close();
    }
  }
}

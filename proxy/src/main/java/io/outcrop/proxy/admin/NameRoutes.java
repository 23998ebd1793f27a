package io.outcrop.proxy.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.oci.Tag;
import io.outcrop.proxy.http.Response;
import io.outcrop.proxy.names.NameMapper;
import io.outcrop.proxy.names.UnknownNamespaceException;
import io.outcrop.proxy.resolve.ReferrersService;
import io.outcrop.proxy.resolve.ReferrersService.KnownReferrers;
import io.outcrop.proxy.transfer.KnownNames;
import io.outcrop.proxy.transfer.KnownNames.Outcome;
import io.outcrop.proxy.transfer.ReferrerIntake;
import io.outcrop.storage.MutableRecord;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What tags and lists of referrers last were, as far as is known here, to read and to set. */
public final class NameRoutes {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String TAGS = "/admin/v1/tags";
  private static final String REFERRERS = "/admin/v1/referrers";

  private final KnownNames known;
  private final ReferrersService referrers;
  private final ReferrerIntake intake;
  private final NameMapper names;

  /** Reads and sets what services know. */
  public NameRoutes(
      KnownNames known, ReferrersService referrers, ReferrerIntake intake, NameMapper names) {
    this.known = known;
    this.referrers = referrers;
    this.intake = intake;
    this.names = names;
  }

  /** The routes. */
  public List<Route> routes() {
    return List.of(
        Route.get(TAGS, this::tag),
        Route.put(TAGS, this::setTag),
        Route.get(REFERRERS, this::referrers),
        Route.put(REFERRERS, this::addReferrer));
  }

  private Response tag(AdminRequest request) throws IOException, UnknownNamespaceException {
    Repository repository = repository(parameter(request, "repository"));
    Tag tag = new Tag(parameter(request, "tag"));
    MutableRecord record =
        known
            .tag(repository, tag)
            .orElseThrow(() ->
                new ProblemException(
                    HttpResponseStatus.NOT_FOUND, repository + ":" + tag + " is not known here"));
    return Answers.json(document(repository, record).put("tag", tag.value()));
  }

  private Response setTag(AdminRequest request) throws IOException, UnknownNamespaceException {
    ObjectNode body = request.json();
    Repository repository = repository(text(body, "repository"));
    Tag tag = new Tag(text(body, "tag"));
    MutableRecord record = new MutableRecord(Digest.parse(text(body, "digest")), time(body));
    Outcome outcome = known.set(repository, tag, record, body.path("force").asBoolean(false));
    return switch (outcome) {
      case Outcome.Done(boolean changed) ->
          Answers.json(
              document(repository, record).put("tag", tag.value()).put("changed", changed));
      case Outcome.KnownLater(MutableRecord later) ->
          throw new ProblemException(
              HttpResponseStatus.CONFLICT,
              "%s:%s is %s here, confirmed at %s, which is later"
                  .formatted(repository, tag, later.digest(), later.confirmedAt()),
              Map.of(
                  "digest",
                  later.digest().toString(),
                  "confirmedAt",
                  later.confirmedAt().toString()));
      case Outcome.NoManifest _ -> throw notHeld(repository, record.digest());
    };
  }

  private Response referrers(AdminRequest request) throws IOException, UnknownNamespaceException {
    Repository repository = repository(parameter(request, "repository"));
    Digest subject = Digest.parse(parameter(request, "subject"));
    KnownReferrers list =
        referrers
            .known(repository, subject)
            .orElseThrow(() ->
                new ProblemException(
                    HttpResponseStatus.NOT_FOUND,
                    "what refers to " + subject + " of " + repository + " is not known here"));
    ObjectNode document = JSON.createObjectNode();
    document
        .put("repository", repository.toString())
        .put("subject", subject.toString())
        .put("confirmedAt", list.confirmedAt().toString())
        .set("manifests", list.index().path("manifests"));
    return Answers.json(document);
  }

  private Response addReferrer(AdminRequest request) throws IOException, UnknownNamespaceException {
    ObjectNode body = request.json();
    Repository repository = repository(text(body, "repository"));
    Digest digest = Digest.parse(text(body, "digest"));
    Optional<Digest> subject = intake.add(repository, digest, time(body));
    if (subject.isEmpty()) {
      throw notHeld(repository, digest);
    }
    return Answers.json(
        JSON.createObjectNode()
            .put("repository", repository.toString())
            .put("subject", subject.get().toString())
            .put("digest", digest.toString()));
  }

  private static ObjectNode document(Repository repository, MutableRecord record) {
    return JSON.createObjectNode()
        .put("repository", repository.toString())
        .put("digest", record.digest().toString())
        .put("confirmedAt", record.confirmedAt().toString());
  }

  private static ProblemException notHeld(Repository repository, Digest digest) {
    return new ProblemException(
        HttpResponseStatus.UNPROCESSABLE_ENTITY,
        digest
            + " is no manifest that is held here for "
            + repository
            + ", or refers to nothing where it should: bring it first");
  }

  private Repository repository(String name) throws UnknownNamespaceException {
    return names.map(name, Optional.empty());
  }

  private static String parameter(AdminRequest request, String name) {
    return request.parameter(name).orElseThrow(() -> missing(name));
  }

  private static String text(JsonNode body, String name) {
    JsonNode value = body.path(name);
    if (!value.isString()) {
      throw missing(name);
    }
    return value.asString();
  }

  private static Instant time(JsonNode body) {
    String text = text(body, "confirmedAt");
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new ProblemException(
          HttpResponseStatus.BAD_REQUEST,
          "confirmedAt: " + text + " (expected: a time such as 2026-01-31T12:00:00Z)");
    }
  }

  private static ProblemException missing(String name) {
    return new ProblemException(HttpResponseStatus.BAD_REQUEST, name + ": none (expected: a text)");
  }
}

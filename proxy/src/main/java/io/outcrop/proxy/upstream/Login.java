package io.outcrop.proxy.upstream;

import io.outcrop.oci.RepositoryName;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Logs in at one endpoint, and remembers how, so that only the first request is sent in vain.
 *
 * <p>Nothing is sent that was not asked for: a registry without a challenge sees no credential.
 */
final class Login {

  private static final int REMEMBERED = 2000;

  /** How an endpoint wants to be logged in at. */
  private sealed interface Way {
    record Basic() implements Way {}

    record Token(URI realm, Optional<String> service, List<String> scopes) implements Way {}
  }

  private final URI endpoint;
  private final CredentialStore credentials;
  private final RealmPolicy realms;
  private final TokenCache tokens;

  /** Guarded by itself; the least recently used go first. */
  private final Map<RepositoryName, Way> ways =
      new LinkedHashMap<>(16, 0.75f, /* accessOrder= */ true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<RepositoryName, Way> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** What holds for repositories not asked for yet; none where it differs among them. */
  private volatile @Nullable Way usual;

  Login(URI endpoint, CredentialStore credentials, RealmPolicy realms, TokenCache tokens) {
    this.endpoint = endpoint;
    this.credentials = credentials;
    this.realms = realms;
    this.tokens = tokens;
  }

  /** What to send with a request before it is asked for, if that is known. */
  Optional<Authorization> known(RepositoryName repository) throws UpstreamException {
    Way way;
    synchronized (ways) {
      way = ways.get(repository);
    }
    if (way == null) {
      way =
          switch (usual) {
            case Way.Token(URI realm, Optional<String> service, _) ->
                new Way.Token(realm, service, List.of(pull(repository)));
            case Way.Basic basic -> basic;
            case null -> null;
          };
    }
    return way == null
        ? Optional.empty()
        : Optional.of(authorization(way, repository, /* asked= */ false));
  }

  /**
   * Answers a 401.
   *
   * @param rejected what the request was sent with
   */
  Authorization answer(
      HttpHeaders headers, RepositoryName repository, Optional<Authorization> rejected)
      throws UpstreamException {
    rejected.ifPresent(old -> {
      credentials.forget();
      old.token().ifPresent(key -> tokens.refused(key, old.header()));
    });
    Way way = way(Challenge.parse(headers.allValues("WWW-Authenticate")), repository);
    synchronized (ways) {
      ways.put(repository, way);
    }
    usual =
        switch (way) {
          case Way.Token token when !token.scopes.equals(List.of(pull(repository))) -> null;
          case Way.Token token -> token;
          case Way.Basic basic -> basic;
        };
    return authorization(way, repository, /* asked= */ true);
  }

  private Way way(List<Challenge> challenges, RepositoryName repository)
      throws UpstreamException.Denied {
    for (Challenge challenge : challenges) {
      Optional<String> realm = challenge.parameter("realm");
      if (challenge.scheme().equals("bearer") && realm.isPresent()) {
        return new Way.Token(
            realms.check(realm.get(), endpoint),
            challenge.parameter("service"),
            scopes(challenge, repository));
      }
    }
    if (challenges.stream().anyMatch(challenge -> challenge.scheme().equals("basic"))) {
      return new Way.Basic();
    }
    throw new UpstreamException.Denied(
        endpoint.getHost()
            + " answered 401 with "
            + (challenges.isEmpty() ? "no challenge" : "challenges of unknown kinds")
            + " (expected: Bearer or Basic)");
  }

  /**
   * The scopes to ask for: the challenge's own, as some registries have others or map the path of a
   * repository, but never more than to pull.
   */
  private static List<String> scopes(Challenge challenge, RepositoryName repository) {
    List<String> scopes = new ArrayList<>();
    boolean named = false;
    for (String scope : challenge.parameter("scope").orElse("").split(" ", -1)) {
      int actions = scope.lastIndexOf(':');
      if (scope.startsWith("repository:") && actions > "repository:".length()) {
        scopes.add(scope.substring(0, actions) + ":pull");
        named = true;
      } else if (!scope.isEmpty()) {
        scopes.add(scope);
      }
    }
    if (!named) {
      scopes.add(pull(repository));
    }
    return scopes.stream().distinct().sorted().toList();
  }

  private static String pull(RepositoryName repository) {
    return "repository:" + repository + ":pull";
  }

  private Authorization authorization(Way way, RepositoryName repository, boolean asked)
      throws UpstreamException {
    Credential credential;
    try {
      credential = credentials.find(repository);
    } catch (IOException e) {
      throw new UpstreamException.Denied(
          "no credential for " + endpoint.getHost() + ": " + e.getMessage());
    }
    return switch (way) {
      case Way.Basic() -> basic(credential, asked);
      case Way.Token(URI realm, Optional<String> service, List<String> scopes) -> {
        TokenKey key = new TokenKey(credential, realm, service, scopes);
        TokenCache.Found found = tokens.get(key);
        yield new Authorization(
            "Bearer " + found.token().value(),
            credential.equals(Credential.NONE),
            found.fresh(),
            Optional.of(key));
      }
    };
  }

  private Authorization basic(Credential credential, boolean asked)
      throws UpstreamException.Denied {
    return switch (credential) {
      case Credential.User user ->
          new Authorization(user.basic(), /* anonymous= */ false, asked, Optional.empty());
      case Credential.None _ ->
          throw new UpstreamException.Denied(
              endpoint.getHost()
                  + " asks for a user and password (expected: credentials of this"
                  + " upstream)");
      case Credential.Identity _, Credential.Bearer _ ->
          throw new UpstreamException.Denied(
              endpoint.getHost() + " asks for a user and password, the credential is a token");
    };
  }
}

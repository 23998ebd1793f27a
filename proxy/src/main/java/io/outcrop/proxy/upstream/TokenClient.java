package io.outcrop.proxy.upstream;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks token servers for bearer tokens, the docker way (GET) or the OAuth 2 way (POST). */
final class TokenClient implements TokenCache.Source {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final int MAX_BYTES = 256 << 10;
  private static final Pattern SENDABLE = Pattern.compile("[\\x21-\\x7e]+");
  private static final Duration DEFAULT_LIFETIME = Duration.ofSeconds(60);
  private static final Duration LONGEST_LIFETIME = Duration.ofDays(1);

  private final HttpTransport transport;
  private final InstantSource clock;

  TokenClient(HttpTransport transport, InstantSource clock) {
    this.transport = transport;
    this.clock = clock;
  }

  @Override
  public Token fetch(TokenKey key) throws UpstreamException {
    return switch (key.credential()) {
      case Credential.None _ -> read(send(get(key).build(), key), key);
      case Credential.User user -> forUser(user, key);
      case Credential.Identity(String token) ->
          read(send(post(key, "refresh_token", "refresh_token", token), key), key);
      case Credential.Bearer(String token) -> Token.of(token, clock.instant(), LONGEST_LIFETIME);
    };
  }

  private Token forUser(Credential.User user, TokenKey key) throws UpstreamException {
    HttpRequest basic = get(key).header("Authorization", user.basic()).build();
    Answer answer = send(basic, key);
    if (answer.status() == 404 || answer.status() == 405) {
      // A server of the OAuth 2 kind only.
      answer.drain();
      String form = "password&username=" + encode(user.username());
      answer = send(post(key, form, "password", user.password()), key);
    }
    return read(answer, key);
  }

  private HttpRequest.Builder get(TokenKey key) {
    List<String> query = new ArrayList<>();
    key.service().ifPresent(service -> query.add("service=" + encode(service)));
    key.scopes().forEach(scope -> query.add("scope=" + encode(scope)));
    if (key.credential() instanceof Credential.User(String name, _)) {
      query.add("account=" + encode(name));
    }
    String realm = key.realm().toString();
    String separator = realm.indexOf('?') < 0 ? "?" : "&";
    return transport.builder(URI.create(realm + separator + String.join("&", query))).GET();
  }

  private HttpRequest post(TokenKey key, String grant, String field, String secret) {
    String form =
        "grant_type="
            + grant
            + "&client_id=outcrop&access_type=online"
            + key.service().map(service -> "&service=" + encode(service)).orElse("")
            + "&scope="
            + encode(String.join(" ", key.scopes()))
            + '&'
            + field
            + '='
            + encode(secret);
    return transport
        .builder(key.realm())
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(BodyPublishers.ofString(form))
        .build();
  }

  private Answer send(HttpRequest request, TokenKey key) throws UpstreamException {
    try {
      return transport.exchange(request, /* home= */ false);
    } catch (TransportException e) {
      throw new UpstreamException.Unavailable(
          "token server " + key.realm().getHost() + ": " + e.getMessage(), e);
    }
  }

  private Token read(Answer answer, TokenKey key) throws UpstreamException {
    Instant asked = clock.instant();
    String who = "token server " + key.realm().getHost();
    if (answer.status() != 200) {
      answer.drain();
      throw refusal(answer, who);
    }
    byte[] bytes;
    try {
      bytes =
          answer
              .readAll(MAX_BYTES)
              .orElseThrow(() ->
                  new UpstreamException.Invalid(
                      who + " answered with more than " + MAX_BYTES + " bytes"));
    } catch (IOException e) {
      throw new UpstreamException.Unavailable(who + ": " + e.getMessage(), e);
    }
    JsonNode root;
    try {
      root = MAPPER.readTree(bytes);
    } catch (JacksonException e) {
      // Without the cause, which quotes the document.
      throw new UpstreamException.Invalid(who + " answered with no JSON");
    }
    String value = root.path("token").asString("");
    if (value.isEmpty()) {
      value = root.path("access_token").asString("");
    }
    if (!SENDABLE.matcher(value).matches()) {
      throw new UpstreamException.Invalid(who + " answered without a usable token");
    }
    return Token.of(value, asked, lifetime(root.path("expires_in")));
  }

  private static Duration lifetime(JsonNode seconds) {
    if (!seconds.isNumber() || seconds.asDouble() <= 0) {
      return DEFAULT_LIFETIME;
    }
    return Duration.ofSeconds(
        (long) Math.min(seconds.asDouble(), (double) LONGEST_LIFETIME.toSeconds()));
  }

  private UpstreamException refusal(Answer answer, String who) {
    String message = who + " answered " + answer.status();
    int status = answer.status();
    if (status >= 500 || status == 408) {
      return new UpstreamException.Unavailable(message, null);
    }
    return switch (status) {
      case 400, 401, 403 ->
          new UpstreamException.Denied(message + ": it refuses the credential, or the repository");
      case 429 ->
          new UpstreamException.RateLimited(
              message, RetryAfter.of(answer.headers(), clock.instant()).orElse(RetryAfter.DEFAULT));
      default -> new UpstreamException.Invalid(message);
    };
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}

package io.outcrop.proxy.upstream;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which hosts an upstream may send Outcrop to for a token: its own, those of its own registrable
 * domain, and those the operator names. Anything else would let a registry collect credentials for
 * another.
 */
final class RealmPolicy {

  /**
   * Suffixes under which strangers are neighbours. The whole public suffix list has ten thousand
   * entries; these are the ones registries live under.
   */
  private static final Set<String> SHARED =
      Set.of(
          "amazonaws.com",
          "azurecr.io",
          "azurewebsites.net",
          "cloudfront.net",
          "github.io",
          "gitlab.io",
          "pkg.dev",
          "appspot.com",
          "run.app",
          "fly.dev",
          "herokuapp.com",
          "netlify.app",
          "vercel.app",
          "web.app",
          "workers.dev",
          "windows.net",
          "ts.net",
          "nip.io",
          "sslip.io",
          "duckdns.org");

  /** Second-level names that countries register below, as in {@code co.uk}. */
  private static final Set<String> SECOND_LEVEL =
      Set.of("ac", "co", "com", "edu", "gob", "gov", "gv", "ne", "net", "or", "org", "nom");

  private static final Pattern NUMERIC = Pattern.compile("[0-9.]+|.*:.*");

  private final List<String> tokenHosts;

  RealmPolicy(List<String> tokenHosts) {
    this.tokenHosts = tokenHosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
  }

  /** Reads a realm, and judges it. */
  URI check(String realm, URI endpoint) throws UpstreamException.Denied {
    URI address;
    try {
      address = Addresses.resolve(endpoint, realm);
    } catch (IllegalArgumentException e) {
      throw new UpstreamException.Denied(
          endpoint.getHost() + " asks for a token from no valid address");
    }
    String scheme = Optional.ofNullable(address.getScheme()).orElse("").toLowerCase(Locale.ROOT);
    String host = Optional.ofNullable(address.getHost()).orElse("").toLowerCase(Locale.ROOT);
    if (host.isEmpty()
        || address.getUserInfo() != null
        || (!scheme.equals("https") && !scheme.equals("http"))) {
      throw new UpstreamException.Denied(
          endpoint.getHost() + " asks for a token from no valid address");
    }
    if (scheme.equals("http") && !"http".equalsIgnoreCase(endpoint.getScheme())) {
      throw new UpstreamException.Denied(
          endpoint.getHost() + " asks for a token over plain http from " + host);
    }
    if (!trusted(host, endpoint.getHost().toLowerCase(Locale.ROOT))) {
      throw new UpstreamException.Denied(
          endpoint.getHost()
              + " asks for a token from "
              + host
              + ", another domain (expected: add it to tokenHosts of this upstream if it is to be"
              + " trusted)");
    }
    return address;
  }

  private boolean trusted(String realm, String own) {
    return realm.equals(own)
        || tokenHosts.contains(realm)
        || (registrable(own).isPresent() && registrable(own).equals(registrable(realm)));
  }

  /** The part of a host name that one owner registered; empty for addresses and bare names. */
  static Optional<String> registrable(String host) {
    if (NUMERIC.matcher(host).matches()) {
      return Optional.empty();
    }
    String[] labels = host.split("\\.", -1);
    int n = labels.length;
    if (n < 2) {
      return Optional.empty();
    }
    String lastTwo = labels[n - 2] + '.' + labels[n - 1];
    boolean country = labels[n - 1].length() == 2 && SECOND_LEVEL.contains(labels[n - 2]);
    if (!country && !SHARED.contains(lastTwo)) {
      return Optional.of(lastTwo);
    }
    // Under a cloud's suffix even the next label may be a region: only the whole host is sure.
    if (SHARED.contains(lastTwo)) {
      return Optional.of(host);
    }
    return n < 3 ? Optional.empty() : Optional.of(labels[n - 3] + '.' + lastTwo);
  }
}

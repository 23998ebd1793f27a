package io.outcrop.proxy.upstream;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Where an endpoint's API is.
 *
 * @param configured as the operator wrote it
 * @param label host and port, for metrics and messages
 * @param root what repository names follow, with a slash at its end
 * @param ping what answers whoever speaks the protocol
 */
record EndpointAddress(URI configured, String label, String root, URI ping) {

  /**
   * The addresses below a base address: {@code https://host/path} has its API at {@code
   * https://host/path/v2/}, unless the path has a {@code v2} of its own, as with a registry that
   * serves others below its own root ({@code https://parent/v2/quay.io}).
   *
   * @throws IllegalArgumentException if it is no http address, or has a user in it
   */
  static EndpointAddress of(URI address) {
    Origin origin = Origin.of(address);
    boolean http = origin.scheme().equals("http") || origin.scheme().equals("https");
    if (!http
        || origin.host().isEmpty()
        || address.getRawUserInfo() != null
        || address.getRawQuery() != null) {
      // Without the address, which may hold a password.
      throw new IllegalArgumentException(
          "endpoint at host "
              + origin.host()
              + " (expected: http or https, a host, no user, no query)");
    }
    String port = address.getPort() < 0 ? "" : ":" + address.getPort();
    String label = origin.host() + port;
    String base = origin.scheme() + "://" + label;
    String path = Optional.ofNullable(address.getRawPath()).orElse("").replaceFirst("/+$", "");
    List<String> segments = Arrays.asList(path.split("/", -1));
    int v2 = segments.indexOf("v2");
    String root = v2 < 0 ? path + "/v2/" : path + "/";
    String ping = v2 < 0 ? root : String.join("/", segments.subList(0, v2 + 1)) + "/";
    return new EndpointAddress(address, label, base + root, URI.create(base + ping));
  }

  /** The address a call goes to. */
  URI resolve(Call call) {
    return call.target().contains("://")
        ? URI.create(call.target())
        : URI.create(root + call.target());
  }
}

package io.outcrop.oci;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The registry host of an image reference, such as {@code docker.io} or {@code localhost:5055}; it
 * names an upstream.
 *
 * @param host lower-case host with an optional port
 */
public record Namespace(String host) implements Comparable<Namespace> {

  private static final int LONGEST = 260;
  private static final Pattern FORM =
      Pattern.compile(
          "[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[0-9]{1,5})?");

  /** Docker Hub, the one namespace with rules of its own. */
  public static final Namespace DOCKER_HUB = new Namespace("docker.io");

  /**
   * @throws InvalidNameException if the text is not a host with an optional port
   */
  public Namespace {
    // The length first: it bounds the work on a hostile text.
    if (host.length() <= LONGEST) {
      host = host.toLowerCase(Locale.ROOT);
    }
    if (host.length() > LONGEST || !FORM.matcher(host).matches()) {
      throw new InvalidNameException("namespace", host, "a registry host such as docker.io");
    }
  }

  @Override
  public int compareTo(Namespace other) {
    return host.compareTo(other.host);
  }

  @Override
  public String toString() {
    return host;
  }
}

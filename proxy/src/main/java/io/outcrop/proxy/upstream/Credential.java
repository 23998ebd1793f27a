package io.outcrop.proxy.upstream;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Who Outcrop is at an upstream. Never tells its secret in {@code toString}. */
sealed interface Credential {

  /** Nobody. */
  record None() implements Credential {}

  /**
   * A user.
   *
   * @param username its name
   * @param password its password or access token
   */
  record User(String username, String password) implements Credential {

    /** The value of an {@code Authorization} header. */
    String basic() {
      byte[] both = (username + ':' + password).getBytes(StandardCharsets.UTF_8);
      return "Basic " + Base64.getEncoder().encodeToString(both);
    }

    @Override
    public String toString() {
      return "User[…]";
    }
  }

  /**
   * What {@code docker login} got from a registry with OAuth 2 instead of keeping the password.
   *
   * @param refreshToken exchanged for access tokens
   */
  record Identity(String refreshToken) implements Credential {
    @Override
    public String toString() {
      return "Identity[…]";
    }
  }

  /**
   * A bearer token that is sent as it is.
   *
   * @param token the token
   */
  record Bearer(String token) implements Credential {
    @Override
    public String toString() {
      return "Bearer[…]";
    }
  }

  /** Nobody. */
  Credential NONE = new None();
}

package io.outcrop.proxy.upstream;

import java.util.Optional;

/**
 * What is sent in an {@code Authorization} header.
 *
 * @param header its value
 * @param anonymous whether it stands for nobody: a token given without a credential
 * @param fresh whether it was obtained for this very request
 * @param token where it came from, unless a password is sent itself
 */
record Authorization(String header, boolean anonymous, boolean fresh, Optional<TokenKey> token) {

  @Override
  public String toString() {
    return "Authorization[…]";
  }
}

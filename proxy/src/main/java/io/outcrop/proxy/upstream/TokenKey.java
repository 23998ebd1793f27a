package io.outcrop.proxy.upstream;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * What a token is for; two requests share a token only where all of this is the same.
 *
 * @param credential whose token it is
 * @param realm where it is had
 * @param service the registry as the token server knows it
 * @param scopes what it allows, sorted
 */
record TokenKey(Credential credential, URI realm, Optional<String> service, List<String> scopes) {

  TokenKey {
    scopes = scopes.stream().distinct().sorted().toList();
  }
}

package io.outcrop.proxy.upstream;

import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/** Keeps tokens until shortly before they expire; each is asked for by one thread at a time. */
final class TokenCache {

  private static final int MANY = 2000;

  /** Asks a token server. */
  @FunctionalInterface
  interface Source {
    Token fetch(TokenKey key) throws UpstreamException;
  }

  /**
   * A token.
   *
   * @param token the token
   * @param fresh whether this call had it fetched
   */
  record Found(Token token, boolean fresh) {}

  private final Source source;
  private final InstantSource clock;
  private final Map<TokenKey, CompletableFuture<Token>> tokens = new ConcurrentHashMap<>();

  TokenCache(Source source, InstantSource clock) {
    this.source = source;
    this.clock = clock;
  }

  /** The token kept for a key, or a new one. */
  Found get(TokenKey key) throws UpstreamException {
    while (true) {
      CompletableFuture<Token> mine = new CompletableFuture<>();
      CompletableFuture<Token> kept = tokens.putIfAbsent(key, mine);
      if (kept == null) {
        return new Found(fetch(key, mine), true);
      }
      Token token = await(kept);
      if (clock.instant().isBefore(token.renewAt())) {
        return new Found(token, false);
      }
      tokens.remove(key, kept);
    }
  }

  /** Forgets a token the registry refused, unless it has been replaced already. */
  void refused(TokenKey key, String header) {
    CompletableFuture<Token> kept = tokens.get(key);
    if (kept != null
        && kept.state() == CompletableFuture.State.SUCCESS
        && header.endsWith(kept.resultNow().value())) {
      tokens.remove(key, kept);
    }
  }

  private Token fetch(TokenKey key, CompletableFuture<Token> mine) throws UpstreamException {
    try {
      Token token = source.fetch(key);
      mine.complete(token);
      forgetOld();
      return token;
    } catch (UpstreamException | RuntimeException | Error e) {
      tokens.remove(key, mine);
      mine.completeExceptionally(e);
      throw e;
    }
  }

  private static Token await(CompletableFuture<Token> other) throws UpstreamException {
    try {
      return other.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UpstreamException.Unavailable("interrupted while waiting for a token", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UpstreamException failure) {
        throw failure;
      }
      throw new UpstreamException.Unavailable("no token", e);
    }
  }

  private void forgetOld() {
    if (tokens.size() > MANY) {
      tokens
          .values()
          .removeIf(kept ->
              kept.state() == CompletableFuture.State.SUCCESS
                  && !clock.instant().isBefore(kept.resultNow().renewAt()));
    }
  }
}

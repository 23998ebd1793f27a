package io.outcrop.proxy.upstream;

import io.outcrop.oci.RepositoryName;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A credential from a {@code docker-credential-…} program, remembered for some minutes. */
final class CredentialHelper implements CredentialStore {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration BELIEVED = Duration.ofMinutes(5);

  private record Known(Credential credential, Instant until) {}

  private final String program;
  private final String server;
  private final Map<String, String> environment;
  private final InstantSource clock;
  private final Duration timeout;
  private final ReentrantLock running = new ReentrantLock();
  private volatile @Nullable Known known;

  CredentialHelper(
      String name, String server, Map<String, String> environment, InstantSource clock) {
    this(name, server, environment, clock, TIMEOUT);
  }

  CredentialHelper(
      String name,
      String server,
      Map<String, String> environment,
      InstantSource clock,
      Duration timeout) {
    this.timeout = timeout;
    this.program = "docker-credential-" + name;
    this.server = server;
    this.environment = Map.copyOf(environment);
    this.clock = clock;
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "credential helper: " + name + " (expected: " + NAME.pattern() + ")");
    }
  }

  @Override
  public Credential find(RepositoryName repository) throws IOException {
    running.lock();
    try {
      Known now = known;
      if (now == null || !clock.instant().isBefore(now.until)) {
        now = new Known(ask(), clock.instant().plus(BELIEVED));
        known = now;
      }
      return now.credential;
    } finally {
      running.unlock();
    }
  }

  @Override
  public void forget() {
    known = null;
  }

  private Credential ask() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(List.of(located(), "get"))
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      CompletableFuture<byte[]> output = new CompletableFuture<>();
      Thread.startVirtualThread(() -> read(process, output));
      try (OutputStream input = process.getOutputStream()) {
        input.write((server + '\n').getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // A program that does not read its input may still answer; its exit status will tell.
      }
      byte[] answer = output.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      if (!process.waitFor(timeout)) {
        throw new IOException(program + ": still running after " + timeout.toMillis() + " ms");
      }
      return process.exitValue() == 0 ? credential(answer) : failure(process, answer);
    } catch (TimeoutException e) {
      throw new IOException(program + ": no answer within " + timeout.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      throw new IOException(program + ": output not readable", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (InterruptedIOException) new InterruptedIOException(program).initCause(e);
    } finally {
      process.destroyForcibly();
    }
  }

  /** The child would be looked for on the path of this process, not on the one it is given. */
  private String located() {
    for (String folder : environment.getOrDefault("PATH", "").split(":", -1)) {
      Path file = Path.of(folder, program);
      if (!folder.isEmpty() && Files.isExecutable(file)) {
        return file.toString();
      }
    }
    return program;
  }

  private static void read(Process process, CompletableFuture<byte[]> output) {
    try (InputStream stream = process.getInputStream()) {
      output.complete(stream.readNBytes((int) MAX_SECRET_BYTES));
    } catch (IOException e) {
      output.completeExceptionally(e);
    }
  }

  private Credential failure(Process process, byte[] answer) throws IOException {
    String text = new String(answer, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
    if (text.contains("credentials not found")) {
      return Credential.NONE;
    }
    // What it printed is not told: it might be half a secret.
    throw new IOException(program + ": exit status " + process.exitValue());
  }

  private Credential credential(byte[] answer) throws IOException {
    JsonNode root;
    try {
      root = MAPPER.readTree(answer);
    } catch (JacksonException e) {
      throw new IOException(program + ": output is not JSON");
    }
    String username = root.path("Username").asString("");
    String secret = root.path("Secret").asString("");
    if (secret.isEmpty()) {
      return Credential.NONE;
    }
    return username.equals("<token>")
        ? new Credential.Identity(secret)
        : new Credential.User(username, secret);
  }
}

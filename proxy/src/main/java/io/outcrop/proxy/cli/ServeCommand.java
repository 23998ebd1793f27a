package io.outcrop.proxy.cli;

import io.outcrop.proxy.Edge;
import io.outcrop.proxy.Version;
import io.outcrop.proxy.config.ConfigException;
import io.outcrop.proxy.config.ConfigLoader;
import io.outcrop.proxy.config.OutcropConfig;
import io.outcrop.proxy.config.UpstreamConfig;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code outcrop serve}: runs an edge until it is told to stop. */
@Command(
    name = "serve",
    description = "Serves container runtimes until it is told to stop.",
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {

  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      defaultValue = "${OUTCROP_CONFIG}",
      description =
          "The configuration; every key has a default. Without it, the well-known public registries"
              + " are mirrored. Also as OUTCROP_CONFIG.")
  private @Nullable Path config;

  @Override
  public Integer call() {
    OutcropConfig settings;
    try {
      settings = config == null ? ConfigLoader.defaults() : ConfigLoader.load(config);
    } catch (ConfigException e) {
      System.err.println(e.getMessage());
      return Main.BAD_CONFIGURATION;
    }
    Logging.configure(settings.log());
    CountDownLatch stopped = new CountDownLatch(1);
    try {
      serve(settings, stopped);
      LOG.info("stopped");
      return 0;
    } catch (IOException | IllegalArgumentException e) {
      System.err.println("outcrop: " + e.getMessage());
      return Main.FAILED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Main.FAILED;
    } finally {
      stopped.countDown();
    }
  }

  /** Serves until the process is told to stop, and puts everything away. */
  private static void serve(OutcropConfig settings, CountDownLatch stopped)
      throws IOException, InterruptedException {
    CountDownLatch told = new CountDownLatch(1);
    try (Edge edge = Edge.start(settings, System.getenv(), Clock.systemUTC())) {
      // The process ends when its hooks have, so this one waits until all is put away.
      Runtime.getRuntime()
          .addShutdownHook(
              Thread.ofPlatform()
                  .name("outcrop-stop")
                  .unstarted(() -> {
                    told.countDown();
                    awaitQuietly(stopped);
                  }));
      announce(settings, edge);
      told.await();
      LOG.info("stopping");
    }
  }

  private static void announce(OutcropConfig settings, Edge edge) {
    long sinceLaunch =
        System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
    String scheme = settings.registry().tls().isPresent() ? "https" : "http";
    LOG.info(
        "Outcrop {} is ready after {} ms: registry {}://{} (port {}), admin http://{} (port {}),"
            + " data in {}, mirrors {}",
        Version.current(),
        sinceLaunch,
        scheme,
        settings.registry().listen(),
        edge.registryPort(),
        settings.admin().listen(),
        edge.adminPort(),
        settings.storage().path().toAbsolutePath(),
        settings.upstreams().stream()
            .map(UpstreamConfig::namespace)
            .map(Object::toString)
            .collect(Collectors.joining(", ")));
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package io.outcrop.proxy.fill;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.upstream.UpstreamException;
import io.outcrop.storage.ContentInfo.Origin;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.DigestMismatchException;
import io.outcrop.storage.InsufficientSpaceException;
import io.outcrop.storage.Link;
import io.outcrop.storage.LinkState;
import io.outcrop.storage.PartialBlob;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Drives one fill from its first request to its end. Runs once, on a thread that may block. */
final class FillWorker {

  private static final Logger LOG = LoggerFactory.getLogger(FillWorker.class);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Fill fill;
  private final ContentStore store;
  private final Elsewhere elsewhere;
  private final FillEvents events;
  private final Repository repository;
  private final Digest digest;

  FillWorker(Fill fill, ContentStore store, Elsewhere elsewhere, FillEvents events) {
    this.fill = fill;
    this.store = store;
    this.elsewhere = elsewhere;
    this.events = events;
    this.repository = fill.repository();
    this.digest = fill.digest();
  }

  /** Runs to the end; every failure goes to the fill. */
  void run(ByteBuffer chunk) {
    try {
      Optional<PartialBlob> begun = begin();
      if (begun.isEmpty()) {
        divertAll();
        return;
      }
      PartialBlob partial = begun.get();
      boolean ended = false;
      try {
        ended = fetch(partial, chunk);
      } finally {
        if (!ended) {
          keepForLater(partial);
        }
      }
    } catch (UpstreamException e) {
      fill.fail(e);
    } catch (IOException | RuntimeException e) {
      LOG.error("fill of {} from {} failed here", digest, repository, e);
      fill.fail(e);
    }
  }

  private Optional<PartialBlob> begin() {
    try {
      return Optional.of(store.begin(digest));
    } catch (IOException e) {
      LOG.error("{} cannot be stored and is streamed without being kept: {}", digest, e.toString());
      events.notKept(repository);
      fill.unkept(e.toString());
      return Optional.empty();
    }
  }

  /** Serves without a disk: asks for the length only, and leaves the bytes to each reader. */
  private void divertAll() throws UpstreamException {
    try (ResumingStream stream = new ResumingStream(elsewhere.source(), repository, digest, 0)) {
      OptionalLong total = stream.totalSize();
      if (total.isEmpty()) {
        throw new UpstreamException.Unavailable(
            "blob " + digest + " of " + repository + " tells no length and cannot be kept");
      }
      Origin origin = stream.anonymous() ? Origin.PUBLIC : Origin.PRIVATE;
      fill.divert(
          new Detour(elsewhere, repository, digest, 0, digest.algorithm().newMessageDigest()));
      fill.start(new Fill.Started(total.getAsLong(), origin), Optional.empty());
    }
  }

  /** Whether the partial blob has come to its own end, well or badly. */
  private boolean fetch(PartialBlob partial, ByteBuffer chunk)
      throws IOException, UpstreamException {
    long asked = System.nanoTime();
    try (ResumingStream stream = openBehind(partial)) {
      long answered = System.nanoTime();
      long from = partial.length();
      OptionalLong total = stream.totalSize();
      Origin origin = stream.anonymous() ? Origin.PUBLIC : Origin.PRIVATE;
      // Of an empty blob there is no last byte to hold back: it is shown when it is verified.
      boolean startsNow = total.isPresent() && total.getAsLong() > 0;
      if (startsNow) {
        fill.start(new Fill.Started(total.getAsLong(), origin), Optional.of(partial.file()));
      }
      try {
        if (total.isPresent()) {
          if (!isAdmitted(partial, total.getAsLong())) {
            return divert(partial, total, "it is not worth what would have to leave for it");
          }
          partial.reserve(total.getAsLong());
        }
        copy(stream, partial, total, chunk);
      } catch (InsufficientSpaceException e) {
        return divert(partial, total, String.valueOf(e.getMessage()));
      }
      if (stream.isRemote()) {
        observe(asked, answered, partial.length() - from);
      }
      return finish(stream, partial, startsNow);
    }
  }

  /**
   * Whether it takes room. What a crowd asks for does, or they would all fetch it for themselves.
   */
  private boolean isAdmitted(PartialBlob partial, long total) throws UpstreamException {
    if (partial.admits(total, fill.isWorthKeeping())) {
      return true;
    }
    giveUp("it is not worth its room");
    return !fill.passThrough();
  }

  /** Tells what the link was like, where nothing but the link was waited for. */
  private void observe(long asked, long answered, long bytes) {
    if (fill.isWanted()) {
      elsewhere
          .link()
          .observe(
              Duration.ofNanos(answered - asked),
              bytes,
              Duration.ofNanos(System.nanoTime() - answered));
    }
  }

  private ResumingStream openBehind(PartialBlob partial) throws IOException, UpstreamException {
    if (partial.length() > 0) {
      try {
        ResumingStream stream =
            new ResumingStream(elsewhere.source(), repository, digest, partial.length());
        OptionalLong total = stream.totalSize();
        if (total.isEmpty() || total.getAsLong() > partial.length()) {
          return stream;
        }
        stream.close();
      } catch (UpstreamException.Invalid e) {
        LOG.debug("resuming {} at {}: {}", digest, partial.length(), e.getMessage());
      }
      partial.restart();
    }
    return new ResumingStream(elsewhere.source(), repository, digest, 0);
  }

  @SuppressWarnings("ThreadPriorityCheck") // the yield below says why
  private void copy(
      ResumingStream stream, PartialBlob partial, OptionalLong total, ByteBuffer chunk)
      throws IOException, UpstreamException {
    show(partial, total);
    while (total.isEmpty() || partial.length() < total.getAsLong()) {
      takeTurn();
      int count = stream.read(chunk.clear());
      if (count < 0) {
        return;
      }
      partial.append(chunk.flip());
      show(partial, total);
      // An upstream that is faster than we hash would never let this thread wait, and virtual
      // threads are not taken off their processor otherwise: others would starve.
      Thread.yield();
    }
  }

  /** Lets the bytes that clients wait for go first, where none waits for these. */
  private void takeTurn() throws UpstreamException {
    if (fill.isWanted()) {
      elsewhere.traffic().note();
      return;
    }
    long patience = System.nanoTime() + PATIENCE.toNanos();
    while (!fill.isWanted()) {
      Duration wait = elsewhere.traffic().untilQuiet();
      if (fill.isUnwanted()) {
        giveUp("nobody waits for it any more");
      } else if (wait.isZero()) {
        return;
      } else if (System.nanoTime() > patience) {
        fill.giveWay();
        giveUp("clients wait for others"); // Rather than hold a connection it does not use.
      }
      LockSupport.parkNanos(wait.toNanos());
      if (Thread.currentThread().isInterrupted()) {
        throw new UpstreamException.Unavailable("shutting down");
      }
    }
  }

  /** Ends a fill that no client wants; does nothing if one has come to want it. */
  private void giveUp(String why) throws UpstreamException {
    if (fill.giveUp()) {
      throw new UpstreamException.Unavailable("blob " + digest + " is not fetched ahead: " + why);
    }
  }

  /** Shows readers all bytes but the last, which they get only when all have been verified. */
  private void show(PartialBlob partial, OptionalLong total) {
    if (total.isPresent()) {
      fill.advance(Math.min(partial.length(), Math.max(0, total.getAsLong() - 1)));
    }
  }

  private boolean finish(ResumingStream stream, PartialBlob partial, boolean started)
      throws IOException, UpstreamException {
    try {
      partial.verify();
    } catch (DigestMismatchException e) {
      partial.discard();
      stream.reject();
      events.refused(repository);
      LOG.warn("{} sent wrong bytes for {} of {}", stream.endpoint(), digest, repository);
      throw new UpstreamException.Invalid(
          "blob " + digest + " of " + repository + ": wrong bytes from " + stream.endpoint());
    }
    Origin origin = stream.anonymous() ? Origin.PUBLIC : Origin.PRIVATE;
    if (!started) {
      fill.start(new Fill.Started(partial.length(), origin), Optional.of(partial.file()));
    }
    // Verified: readers need not wait until it is durable.
    fill.advance(partial.length());
    try {
      partial.publish(origin, List.of(new Link(repository, digest, LinkState.PROVEN)));
    } catch (IOException e) {
      events.notKept(repository);
      fill.unkept(String.valueOf(e.getMessage()));
      LOG.warn("{} is served but not kept: {}", digest, e.getMessage());
    }
    return true;
  }

  private boolean divert(PartialBlob partial, OptionalLong total, String why)
      throws UpstreamException {
    giveUp(why);
    events.notKept(repository);
    fill.unkept(why);
    LOG.info("{} is streamed without being kept: {}", digest, why);
    if (total.isEmpty()) {
      throw new UpstreamException.Unavailable(
          "blob " + digest + " of " + repository + " tells no length and cannot be kept: " + why);
    }
    // A reader that has seen nothing yet begins at the front, and so must what verifies its bytes.
    boolean shown = fill.available() > 0;
    fill.divert(
        new Detour(
            elsewhere,
            repository,
            digest,
            shown ? partial.length() : 0,
            shown ? partial.hashSoFar() : digest.algorithm().newMessageDigest()));
    keepForLater(partial);
    return true;
  }

  private static void keepForLater(PartialBlob partial) {
    if (partial.length() > 0) {
      partial.suspend();
    } else {
      partial.discard();
    }
  }
}

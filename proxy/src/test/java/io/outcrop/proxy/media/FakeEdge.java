package io.outcrop.proxy.media;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.oci.Repository;
import io.outcrop.oci.Tag;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/** An edge in memory, which can be made to misbehave. */
final class FakeEdge implements EdgeContent {

  final Map<Digest, byte[]> held = new HashMap<>();
  final Map<Digest, byte[]> partial = new HashMap<>();
  final Map<String, Known> tags = new HashMap<>();

  /** What was asked of it that changes it, in order. */
  final List<String> changes = new ArrayList<>();

  /** Answers to give in place of taking what is brought. */
  final Queue<Delivery> next = new ArrayDeque<>();

  long capacity = Long.MAX_VALUE;
  private final Map<Digest, MediaType> types = new HashMap<>();

  Digest hold(byte[] content) {
    Digest digest = Digest.sha256(content);
    held.put(digest, content);
    return digest;
  }

  Digest hold(byte[] manifest, MediaType type) {
    types.put(Digest.sha256(manifest), type);
    return hold(manifest);
  }

  @Override
  public Presence look(Digest digest, List<Repository> repositories) {
    byte[] content = held.get(digest);
    return content == null
        ? new Presence.Absent(partial.getOrDefault(digest, new byte[0]).length)
        : new Presence.Held(content.length, Optional.ofNullable(types.get(digest)), false);
  }

  @Override
  public Optional<InputStream> open(Digest digest, Repository repository, long offset) {
    byte[] content = held.get(digest);
    return content == null
        ? Optional.empty()
        : Optional.of(
            new ByteArrayInputStream(Arrays.copyOfRange(content, (int) offset, content.length)));
  }

  @Override
  public Delivery bring(Consignment consignment) throws IOException {
    Delivery told = next.poll();
    if (told != null) {
      return told;
    }
    Digest digest = consignment.digest();
    byte[] rest = consignment.bytes().readAllBytes();
    int offset = (int) consignment.offset();
    byte[] all = Arrays.copyOf(partial.getOrDefault(digest, new byte[0]), offset + rest.length);
    System.arraycopy(rest, 0, all, offset, rest.length);
    partial.remove(digest);
    if (!Digest.sha256(all).equals(digest)) {
      return new Delivery.Wrong("content digest: " + Digest.sha256(all));
    }
    held.put(digest, all);
    changes.add((consignment.mediaType().isPresent() ? "manifest " : "blob ") + digest);
    return new Delivery.Taken();
  }

  @Override
  public Optional<Known> tag(Repository repository, Tag tag) {
    return Optional.ofNullable(tags.get(repository + ":" + tag));
  }

  @Override
  public Optional<Known> setTag(Repository repository, Tag tag, Known known, boolean force) {
    tags.put(repository + ":" + tag, known);
    changes.add("tag " + repository + ':' + tag);
    return Optional.empty();
  }

  @Override
  public Optional<Referrers> referrers(Repository repository, Digest subject) {
    return Optional.empty();
  }

  @Override
  public void setReferrer(Repository repository, Digest manifest, Instant confirmedAt) {
    changes.add("referrer " + manifest);
  }

  @Override
  public long capacity() {
    return capacity;
  }
}

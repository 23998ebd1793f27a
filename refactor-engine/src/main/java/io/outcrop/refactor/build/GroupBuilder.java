package io.outcrop.refactor.build;

import io.outcrop.oci.MediaType;
import io.outcrop.refactor.compress.Packing;
import io.outcrop.refactor.model.Cancellation;
import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.model.EntryType;
import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.model.RefusedException;
import io.outcrop.refactor.plan.Group;
import io.outcrop.refactor.view.View;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Builds groups of one image. A group takes its files from several source layers, in another order
 * than theirs: so, for as many groups at a time as the room for temporary files allows, each source
 * layer is unpacked once, what is needed of it goes into a temporary file, and the groups are
 * written from that, several at a time.
 */
public final class GroupBuilder {

  /** Takes a group that has been written, on any thread. */
  public interface Listener {
    /** Takes it. */
    void built(Group group, BuiltLayer layer) throws IOException;
  }

  private final View view;
  private final SourceLayers layers;
  private final Packing packing;
  private final Path temporary;
  private final long temporaryBytes;
  private final Workers workers;
  private final Cancellation cancellation;
  private final LongConsumer written;

  /**
   * @param layers what the view is made of
   * @param temporary a directory for temporary files
   * @param temporaryBytes how much room they may take; the content of any one group has to fit
   * @param written is told of content as it is written, in bytes
   */
  public GroupBuilder(
      View view,
      SourceLayers layers,
      Packing packing,
      Path temporary,
      long temporaryBytes,
      Workers workers,
      Cancellation cancellation,
      LongConsumer written) {
    this.view = view;
    this.layers = layers;
    this.packing = packing;
    this.temporary = temporary;
    this.temporaryBytes = temporaryBytes;
    this.workers = workers;
    this.cancellation = cancellation;
    this.written = written;
  }

  /**
   * Builds groups.
   *
   * @throws RefusedException if a source layer has changed, or a group does not fit on disk
   * @throws IOException if a layer cannot be read or written, or the work was cancelled
   */
  public void build(List<Group> groups, ContentSink sink, MediaType mediaType, Listener listener)
      throws IOException {
    List<Group> batch = new ArrayList<>();
    Contents contents = new Contents();
    for (Group group : groups) {
      if (contents.bytesWith(group) > temporaryBytes && !batch.isEmpty()) {
        buildBatch(batch, contents, sink, mediaType, listener);
        batch.clear();
        contents = new Contents();
      }
      checkRoom(group, contents.bytesWith(group));
      batch.add(group);
      contents.add(group);
    }
    if (!batch.isEmpty()) {
      buildBatch(batch, contents, sink, mediaType, listener);
    }
  }

  private void checkRoom(Group group, long bytes) throws RefusedException {
    if (bytes > temporaryBytes) {
      throw new RefusedException(
          Reason.NO_ROOM,
          group
              + " needs "
              + bytes
              + " bytes of temporary files (expected: <= "
              + temporaryBytes
              + ")");
    }
  }

  private void buildBatch(
      List<Group> batch,
      Contents contents,
      ContentSink sink,
      MediaType mediaType,
      Listener listener)
      throws IOException {
    try (Spool spool = new Spool(temporary)) {
      workers.forEach(
          List.of(contents.entries()),
          1,
          entries ->
              layers.read(entries, (entry, content) -> spool.add(view.content(entry), content)));
      workers.forEach(
          List.copyOf(batch),
          1,
          group -> {
            LayerWriter writer = new LayerWriter(view, spool, packing, cancellation, written);
            listener.built(group, writer.write(group, sink, mediaType));
          });
    }
  }

  /** The contents that some groups need, each once. */
  private final class Contents {
    private final Set<ContentHash> hashes = new HashSet<>();
    private final List<Integer> entries = new ArrayList<>();
    private long bytes;

    long bytesWith(Group group) {
      Set<ContentHash> added = new HashSet<>();
      return bytes
          + group
              .entries()
              .filter(this::isNeeded)
              .filter(entry -> added.add(view.content(entry)))
              .mapToLong(view::length)
              .sum();
    }

    void add(Group group) {
      group
          .entries()
          .filter(this::isNeeded)
          .forEach(entry -> {
            if (hashes.add(view.content(entry))) {
              entries.add(entry);
              bytes += view.length(entry);
            }
          });
    }

    private boolean isNeeded(int entry) {
      return view.type(entry) == EntryType.REGULAR
          && view.storedLength(entry) > 0
          && !hashes.contains(view.content(entry));
    }

    int[] entries() {
      return entries.stream().mapToInt(Integer::intValue).toArray();
    }
  }
}

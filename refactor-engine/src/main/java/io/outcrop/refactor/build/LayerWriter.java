package io.outcrop.refactor.build;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.refactor.compress.PackedStream;
import io.outcrop.refactor.compress.Packing;
import io.outcrop.refactor.model.Cancellation;
import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.model.Entry;
import io.outcrop.refactor.model.FilePath;
import io.outcrop.refactor.model.Metadata;
import io.outcrop.refactor.model.Node;
import io.outcrop.refactor.plan.Group;
import io.outcrop.refactor.tar.TarWriter;
import io.outcrop.refactor.view.View;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Writes a group as a layer, of which every byte follows from the group's entries: in the order of
 * paths, with the directories above them, where the group does not have them, made neutral.
 */
final class LayerWriter {

  private static final int BUFFER_BYTES = 1 << 17;

  private final View view;
  private final Spool spool;
  private final Packing packing;
  private final Cancellation cancellation;
  private final LongConsumer written;
  private final byte[] buffer = new byte[BUFFER_BYTES];

  /**
   * @param written is told of content as it is written, in bytes
   */
  LayerWriter(
      View view, Spool spool, Packing packing, Cancellation cancellation, LongConsumer written) {
    this.view = view;
    this.spool = spool;
    this.packing = packing;
    this.cancellation = cancellation;
    this.written = written;
  }

  /** Writes a group to the sink; all contents of it have to be in the spool. */
  BuiltLayer write(Group group, ContentSink sink, MediaType mediaType) throws IOException {
    try (ContentSink.Pending pending = sink.begin();
        Hashing blob = new Hashing(pending.output());
        PackedStream packed = packing.pack(blob);
        Hashing archive = new Hashing(packed)) {
      entries(group, new TarWriter(archive));
      packed.finish();
      blob.flush();
      Digest digest = blob.result().digest();
      pending.commit(digest, blob.length, mediaType);
      return new BuiltLayer(archive.result(), archive.length, digest, blob.length);
    }
  }

  private void entries(Group group, TarWriter tar) throws IOException {
    FilePath before = FilePath.ROOT;
    for (int position = 0; position < group.size(); position++) {
      cancellation.check();
      Entry entry = view.entry(group.entry(position));
      for (FilePath missing : missingDirectories(before, entry.path())) {
        tar.begin(new Entry(missing, Metadata.IMPLICIT_DIRECTORY, new Node.Directory()));
      }
      tar.begin(entry);
      if (entry.node() instanceof Node.RegularFile file) {
        content(file, tar);
      }
      before = entry.path();
    }
    tar.finish();
  }

  /** The directories above a path that are neither the entry before nor above that. */
  private static List<FilePath> missingDirectories(FilePath before, FilePath path) {
    List<FilePath> missing = new ArrayList<>();
    for (FilePath directory = path.parent();
        !directory.isRoot() && !before.isWithin(directory);
        directory = directory.parent()) {
      missing.add(directory);
    }
    return missing.reversed();
  }

  private void content(Node.RegularFile file, TarWriter tar) throws IOException {
    for (long at = 0; at < file.length(); ) {
      cancellation.check();
      int count = (int) Math.min(buffer.length, file.length() - at);
      spool.read(file.content(), at, buffer, count);
      tar.write(buffer, 0, count);
      at += count;
      written.accept(count);
    }
  }

  /** Hashes and counts what passes. */
  private static final class Hashing extends FilterOutputStream {
    private final MessageDigest hash = ContentHash.newHash();
    private long length;

    Hashing(OutputStream out) {
      super(out);
    }

    ContentHash result() {
      return ContentHash.finish(hash);
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
      hash.update((byte) b);
      length++;
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
      out.write(bytes, offset, count);
      hash.update(bytes, offset, count);
      length += count;
    }

    /** What is below is closed by who opened it. */
    @Override
    public void close() {}
  }
}

package io.outcrop.proxy.media;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.proxy.media.ExportPlan.Piece;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.List;

/** A layout to write images to. Not thread-safe. */
interface LayoutSink extends AutoCloseable {

  /** Whether what is in it has to be known before its first byte, and documents come first. */
  boolean isInOrder();

  /**
   * Refuses what there is no room for.
   *
   * @throws MediaException if the disk is too full
   */
  void checkRoom(Collection<Piece> pieces) throws IOException;

  /** Begins, with the entries of all images that are to come. */
  void begin(List<Descriptor> entries) throws IOException;

  /** Whether content is there, and right. */
  boolean has(Digest digest, long size) throws IOException;

  /**
   * Writes content, verified.
   *
   * @throws IOException if it cannot be had, cannot be written, or is wrong
   */
  void write(Digest digest, long size, Source source) throws IOException;

  /** All content of these entries is there. */
  void add(List<Descriptor> entries) throws IOException;

  /** All that was to come is there. */
  void finish() throws IOException;

  @Override
  void close() throws IOException;

  /** Where content comes from. */
  interface Source {
    /** Its bytes from an offset on. */
    InputStream open(long offset) throws IOException;
  }
}

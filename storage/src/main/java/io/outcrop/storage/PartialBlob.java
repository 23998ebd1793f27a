package io.outcrop.storage;

import io.outcrop.oci.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;

/**
 * A blob that is growing on disk. Written by one thread; others may read the bytes already there
 * through {@link #file()}. Ends with exactly one of {@link #publish}, {@link #suspend} and {@link
 * #discard}.
 */
public final class PartialBlob {

  private static final long UNKNOWN_SIZE_STEP = 8L << 20;
  private static final int REHASH_CHUNK = 256 << 10;

  private final PartialBlobs blobs;
  private final Digest digest;
  private final BlobFile file;
  private MessageDigest hash;
  // Changed by the writer only; others see how far it is.
  private volatile long length;
  private volatile long booked;
  private boolean ended;

  PartialBlob(PartialBlobs blobs, BlobFile file, long booked) throws IOException {
    this.blobs = blobs;
    this.digest = file.digest();
    this.file = file;
    this.booked = booked;
    this.hash = digest.algorithm().newMessageDigest();
    rehash(file.channel().size());
  }

  /** What it will be when complete. */
  public Digest digest() {
    return digest;
  }

  /** Bytes there, which may be more than none at the start if an earlier fill was cut. */
  public long length() {
    return length;
  }

  /** The growing file; a reader that outlives the fill must retain it. */
  public BlobFile file() {
    return file;
  }

  /** Bytes that room is booked for. */
  long booked() {
    return booked;
  }

  /** Bytes that room is booked for and that are not there yet. */
  long unwritten() {
    return Math.max(0, booked - length);
  }

  /**
   * Whether the blob is worth what would have to leave for it. A refusal is remembered, so that the
   * next request for it is granted; what to do about it is the caller's business.
   *
   * @param totalSize of the whole blob
   * @param wanted whether more than one client waits for it
   */
  public boolean admits(long totalSize, boolean wanted) {
    return blobs.admits(this, totalSize, wanted);
  }

  /**
   * Books the room for the whole blob.
   *
   * @throws InsufficientSpaceException if it cannot be kept; nothing is lost
   */
  public void reserve(long totalSize) throws InsufficientSpaceException {
    if (totalSize > booked) {
      blobs.book(totalSize - booked);
      booked = totalSize;
    }
  }

  /**
   * Appends bytes and hashes them.
   *
   * @throws InsufficientSpaceException if there is no more room; what was written before stays
   * @throws IOException if the disk fails
   */
  public void append(ByteBuffer bytes) throws IOException {
    long needed = length + bytes.remaining();
    if (needed > booked) {
      reserveAhead(needed);
    }
    ByteBuffer toHash = bytes.duplicate();
    try {
      long position = length;
      while (bytes.hasRemaining()) {
        position += file.channel().write(bytes, position);
      }
    } catch (IOException e) {
      file.channel().truncate(length);
      throw InsufficientSpaceException.orSame(e, digest);
    }
    // Only now, so that hash and length always speak of the same bytes.
    hash.update(toHash);
    length = needed;
  }

  /** The hash of the bytes there, to go on with elsewhere. */
  public MessageDigest hashSoFar() {
    try {
      return (MessageDigest) hash.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the platform's digests can be cloned", e);
    }
  }

  /** Forgets all bytes, to begin again from none. */
  public void restart() throws IOException {
    file.channel().truncate(0);
    hash = digest.algorithm().newMessageDigest();
    length = 0;
  }

  /**
   * Checks the bytes against the digest, leaving them as they are.
   *
   * @throws DigestMismatchException if they are not what the digest promises
   */
  public void verify() throws DigestMismatchException {
    Digest actual = Digest.finish(digest.algorithm(), hashSoFar());
    if (!actual.equals(digest)) {
      throw new DigestMismatchException(digest, actual);
    }
  }

  /**
   * Verifies the bytes, makes them durable, and then visible to all.
   *
   * @param origin who may read it at its upstream
   * @param links where it was found
   * @throws DigestMismatchException if the bytes are wrong; they are discarded
   */
  public void publish(ContentInfo.Origin origin, List<Link> links) throws IOException {
    try {
      verify();
      ended = true;
      blobs.publish(this, origin, links);
    } catch (IOException e) {
      abandon();
      throw e;
    } finally {
      file.close();
    }
  }

  /** Stops for now: the bytes stay, and a later fill goes on from them. */
  public void suspend() {
    if (!ended) {
      ended = true;
      blobs.suspend(this);
      file.close();
    }
  }

  /** Stops for good: nothing is kept. */
  public void discard() {
    if (!ended) {
      abandon();
      file.close();
    }
  }

  /** Books a step ahead, as the size is unknown, or where that does not fit, what is needed. */
  private void reserveAhead(long needed) throws InsufficientSpaceException {
    try {
      reserve(Math.max(needed, length + UNKNOWN_SIZE_STEP));
    } catch (InsufficientSpaceException e) {
      reserve(needed);
    }
  }

  private void abandon() {
    ended = true;
    blobs.discard(this);
  }

  private void rehash(long bytes) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocateDirect(REHASH_CHUNK);
    long position = 0;
    while (position < bytes) {
      chunk.clear();
      int count = file.channel().read(chunk, position);
      if (count < 0) {
        break;
      }
      hash.update(chunk.flip());
      position += count;
    }
    length = position;
    reserve(length); // More than is booked where the ledger knew of no such file.
  }
}

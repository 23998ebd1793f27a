package io.outcrop.refactor.tar;

import io.outcrop.refactor.model.ByteString;
import io.outcrop.refactor.model.Limits;
import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.model.RefusedException;
import java.util.Optional;

/** What the extended headers before an entry say of it; of several of a kind, the last counts. */
final class Extensions {

  private final Limits limits;
  private long bytes;
  private PaxRecords pax = PaxRecords.NONE;
  private ByteString longName = ByteString.EMPTY;
  private ByteString longLink = ByteString.EMPTY;

  Extensions(Limits limits) {
    this.limits = limits;
  }

  /** Says how large the next extended header is. */
  void expect(long size) throws RefusedException {
    bytes += Math.min(size, Integer.MAX_VALUE) + TarBlock.BYTES;
    if (bytes > limits.maxHeaderBytes()) {
      throw new RefusedException(
          Reason.HEADER_TOO_LARGE,
          "extended headers of an entry: more than " + limits.maxHeaderBytes() + " bytes");
    }
  }

  void pax(byte[] content) throws RefusedException {
    pax = PaxRecords.parse(content);
  }

  void longName(byte[] content) {
    longName = toNul(content);
  }

  void longLink(byte[] content) {
    longLink = toNul(content);
  }

  private static ByteString toNul(byte[] content) {
    return ByteString.of(content, 0, TarBlock.lengthToNul(content, 0, content.length));
  }

  PaxRecords pax() {
    return pax;
  }

  Optional<ByteString> longName() {
    return Optional.of(longName).filter(name -> !name.isEmpty());
  }

  Optional<ByteString> longLink() {
    return Optional.of(longLink).filter(name -> !name.isEmpty());
  }
}

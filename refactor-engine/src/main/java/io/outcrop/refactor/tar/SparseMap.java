package io.outcrop.refactor.tar;

import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.model.RefusedException;
import java.util.Arrays;

/** Which parts of a sparse file are stored: offsets and lengths, growing and apart. */
final class SparseMap {

  private static final int MAX_PARTS = 1 << 20;

  private long[] offsets = new long[8];
  private long[] lengths = new long[8];
  private int size;

  void add(long offset, long length) throws RefusedException {
    if (size == MAX_PARTS) {
      throw new RefusedException(
          Reason.HEADER_TOO_LARGE, "more than " + MAX_PARTS + " parts of a sparse file");
    }
    if (size == offsets.length) {
      offsets = Arrays.copyOf(offsets, size * 2);
      lengths = Arrays.copyOf(lengths, size * 2);
    }
    offsets[size] = offset;
    lengths[size++] = length;
  }

  int size() {
    return size;
  }

  long offset(int part) {
    return offsets[part];
  }

  long length(int part) {
    return lengths[part];
  }

  /**
   * Checks that the parts are in order, within the file, and together what is stored.
   *
   * @param fileLength the length of the file with its holes
   * @param stored how many bytes the archive has of it
   */
  void check(long fileLength, long stored) throws RefusedException {
    long end = 0;
    long sum = 0;
    for (int i = 0; i < size; i++) {
      if (offsets[i] < end || lengths[i] < 0 || lengths[i] > fileLength - offsets[i]) {
        throw TarBlock.invalid("parts of a sparse file that overlap or are out of it");
      }
      end = offsets[i] + lengths[i];
      sum += lengths[i];
    }
    if (fileLength < end || sum != stored) {
      throw TarBlock.invalid("parts of a sparse file that are not what is stored of it");
    }
  }
}

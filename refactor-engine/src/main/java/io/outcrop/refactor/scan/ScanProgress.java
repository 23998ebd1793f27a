package io.outcrop.refactor.scan;

/** Is told how far the scan of a layer has come: often, and on the thread that scans. */
public interface ScanProgress {

  /** Nobody wants to know. */
  ScanProgress NONE = (packed, unpacked, entries) -> {};

  /**
   * Takes the state of a scan.
   *
   * @param packedBytes how much of the blob has been read
   * @param unpackedBytes how much of the archive has been looked at
   * @param entries how many headers
   */
  void scanned(long packedBytes, long unpackedBytes, int entries);
}

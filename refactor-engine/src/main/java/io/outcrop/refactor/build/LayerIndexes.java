package io.outcrop.refactor.build;

import io.outcrop.oci.Digest;
import io.outcrop.refactor.model.Cancellation;
import io.outcrop.refactor.model.Limits;
import io.outcrop.refactor.scan.LayerIndex;
import io.outcrop.refactor.scan.LayerScanner;
import io.outcrop.refactor.scan.ScanProgress;
import java.io.IOException;
import java.util.Optional;

/** Tells what is in layers: what is known already, or else by a scan, once for all who want it. */
public final class LayerIndexes {

  private final RefactorState state;
  private final LayerScanner scanner;
  private final SingleFlight<Digest, LayerIndex> flights = new SingleFlight<>();

  /**
   * @param limits beyond which a layer is refused
   */
  public LayerIndexes(RefactorState state, Limits limits) {
    this.state = state;
    this.scanner = new LayerScanner(limits);
  }

  /**
   * What is in a layer.
   *
   * @throws io.outcrop.refactor.model.RefusedException if the layer is damaged or hostile
   * @throws IOException if it cannot be read, or the scan was cancelled
   */
  public LayerIndex index(
      Digest blob, ContentSource source, Cancellation cancellation, ScanProgress progress)
      throws IOException {
    while (true) {
      Optional<LayerIndex> known = state.index(blob);
      if (known.isPresent()) {
        return known.get();
      }
      Optional<SingleFlight<Digest, LayerIndex>.Claim> claim = flights.claim(blob);
      if (claim.isPresent()) {
        return scan(claim.get(), blob, source, cancellation, progress);
      }
      Optional<LayerIndex> made = flights.await(blob);
      if (made.isPresent()) {
        return made.get();
      }
      cancellation.check();
    }
  }

  private LayerIndex scan(
      SingleFlight<Digest, LayerIndex>.Claim claim,
      Digest blob,
      ContentSource source,
      Cancellation cancellation,
      ScanProgress progress)
      throws IOException {
    try (claim) {
      Optional<LayerIndex> justMade = state.index(blob);
      LayerIndex index;
      if (justMade.isPresent()) {
        index = justMade.get();
      } else {
        index = scanner.scan(source.open(blob), cancellation, progress);
        state.putIndex(blob, index);
      }
      claim.made(index);
      return index;
    }
  }
}

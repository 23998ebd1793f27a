package io.outcrop.proxy.repair;

import io.outcrop.storage.Damaged;

/** What repairs tell of themselves, to be counted. Called on their thread; must be quick. */
public interface RepairEvents {

  /** Content that was damaged is here again, whoever fetched it. */
  void repaired(Damaged damaged);

  /** Content that was damaged is given up, as nobody has it any more. */
  void lost(Damaged damaged);
}

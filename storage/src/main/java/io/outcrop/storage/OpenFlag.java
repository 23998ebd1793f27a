package io.outcrop.storage;

/** Whether a store is still open: once it is not, its folder may be another store's. */
final class OpenFlag {

  private volatile boolean open = true;

  boolean isOpen() {
    return open;
  }

  /**
   * @throws StoreException if the store was closed
   */
  void check() throws StoreException {
    if (!open) {
      throw new StoreException("the store is closed");
    }
  }

  void lower() {
    open = false;
  }
}

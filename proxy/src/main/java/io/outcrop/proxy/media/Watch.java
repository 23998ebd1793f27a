package io.outcrop.proxy.media;

/** Is told how carrying images goes on. Called often; must be quick. */
public interface Watch {

  /** Watches nothing. */
  Watch NONE =
      new Watch() {
        @Override
        public void begin(String what, long bytes) {}

        @Override
        public void moved(long bytes) {}

        @Override
        public void say(String line) {}
      };

  /**
   * Something begins.
   *
   * @param what it is, in words
   * @param bytes how many have to be moved; 0 if that is not known
   */
  void begin(String what, long bytes);

  /** So many more bytes were moved, or found to be there already. */
  void moved(long bytes);

  /** There is something that the operator should know. */
  void say(String line);
}

package io.outcrop.storage;

import java.util.concurrent.ConcurrentHashMap;

/** Gives one instance for equal values. Thread-safe; holds at most a bounded number of them. */
final class Interner<T> {

  private static final int MOST = 1_000;

  private final ConcurrentHashMap<T, T> values = new ConcurrentHashMap<>();

  T intern(T value) {
    T known = values.get(value);
    if (known != null) {
      return known;
    }
    if (values.size() < MOST) {
      values.putIfAbsent(value, value);
    }
    return value;
  }
}

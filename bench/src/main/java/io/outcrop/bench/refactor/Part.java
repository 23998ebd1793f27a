package io.outcrop.bench.refactor;

/**
 * A layer, or what else is stored as one.
 *
 * @param key equal for what is the same
 * @param bytes compressed
 */
record Part(Key key, long bytes) {}

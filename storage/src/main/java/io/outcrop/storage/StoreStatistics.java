package io.outcrop.storage;

/**
 * How full a store is, and what it had to let go.
 *
 * @param capacity bound on the bytes of content
 * @param residentCount pieces of complete content
 * @param bookedBytes bytes complete, growing or promised to running fills
 * @param evictions pieces evicted since start-up
 * @param evictedBytes bytes evicted since start-up
 * @param damaged pieces found missing or of wrong length since start-up
 */
public record StoreStatistics(
    long capacity,
    long residentCount,
    long bookedBytes,
    long evictions,
    long evictedBytes,
    long damaged) {}

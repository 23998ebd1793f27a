package io.outcrop.storage;

import io.outcrop.storage.cache.StackArc;

/**
 * How full a store is, and what it had to let go.
 *
 * @param capacity bound on the bytes of content
 * @param effectiveCapacity what of that content may take now; less where others fill the volume
 * @param residentCount pieces of complete content
 * @param bookedBytes bytes complete, growing or promised to running fills
 * @param evictions pieces evicted since start-up
 * @param evictedBytes bytes evicted since start-up
 * @param refused how often since start-up content was not worth its room
 * @param lists how large content stands in the lists of the policy, and how much is remembered of
 *     what is gone
 * @param damaged pieces found missing, of wrong length or rotten since start-up
 */
public record StoreStatistics(
    long capacity,
    long effectiveCapacity,
    long residentCount,
    long bookedBytes,
    long evictions,
    long evictedBytes,
    long refused,
    StackArc.Sizes lists,
    long damaged) {}

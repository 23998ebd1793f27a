package io.outcrop.bench.cache;

/**
 * How a cache did.
 *
 * @param total all that was asked for
 * @param watched what was asked for in the part of the workload that is to be looked at for itself
 * @param evictions how many contents had to leave
 * @param nanosPerRequest time of the simulation for each request for a blob
 */
record Outcome(Counts total, Counts watched, long evictions, double nanosPerRequest) {}

package io.outcrop.proxy.images;

/**
 * What was fetched ahead of clients since the start.
 *
 * @param fetchedBytes bytes fetched ahead
 * @param usedBytes of these, bytes of blobs that a client then took
 * @param wastedBytes of these, bytes of blobs that nobody took within an hour, or that were evicted
 */
public record PrefetchStatistics(long fetchedBytes, long usedBytes, long wastedBytes) {}

package io.outcrop.bench.cache;

import java.util.Map;

/**
 * How one policy did in one run.
 *
 * @param workload what was asked for
 * @param seed of the sizes, or of the whole workload
 * @param percent the capacity, in percent of the unique bytes of the workload
 * @param capacity the same in bytes
 * @param policy its name
 * @param values what was measured; of a bound, not everything is
 */
record Result(
    String workload,
    long seed,
    double percent,
    long capacity,
    String policy,
    Map<Measure, Double> values) {}

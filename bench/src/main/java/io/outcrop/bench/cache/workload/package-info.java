/** What a simulated edge is asked for: recorded traces, and a generator calibrated to one. */
@NullMarked
package io.outcrop.bench.cache.workload;

import org.jspecify.annotations.NullMarked;

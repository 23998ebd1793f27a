/** Benchmarks, the trace simulator and the testbed; never shipped. */
@NullMarked
package io.outcrop.bench;

import org.jspecify.annotations.NullMarked;

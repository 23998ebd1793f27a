/** The cache simulator: runs policies against workloads and tells how they did. */
@NullMarked
package io.outcrop.bench.cache;

import org.jspecify.annotations.NullMarked;

/** Caches under test: Outcrop's policy, its rivals, and what no policy can exceed. */
@NullMarked
package io.outcrop.bench.cache.policy;

import org.jspecify.annotations.NullMarked;

/** What an edge counts, under the names Prometheus shows. */
@NullMarked
package io.outcrop.proxy.metrics;

import org.jspecify.annotations.NullMarked;

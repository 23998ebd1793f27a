/** Images made here of others: when, how, and what clients are answered with. */
@NullMarked
package io.outcrop.proxy.refactor;

import org.jspecify.annotations.NullMarked;

/** Transfers from upstreams: one a digest, shared by all who wait, kept when they hold. */
@NullMarked
package io.outcrop.proxy.fill;

import org.jspecify.annotations.NullMarked;

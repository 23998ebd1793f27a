/** Kills Outcrop again and again under load, and checks what it leaves and serves. */
@NullMarked
package io.outcrop.bench.crash;

import org.jspecify.annotations.NullMarked;

/** The edge as a whole: what wires the store, the engines and the servers together. */
@NullMarked
package io.outcrop.proxy;

import org.jspecify.annotations.NullMarked;

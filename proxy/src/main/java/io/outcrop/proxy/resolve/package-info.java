/** From a name to content: what is held, what is fresh enough, what must be asked for. */
@NullMarked
package io.outcrop.proxy.resolve;

import org.jspecify.annotations.NullMarked;

/** Images carried by hand: from an edge into a layout, and from a layout into an edge. */
@NullMarked
package io.outcrop.proxy.media;

import org.jspecify.annotations.NullMarked;

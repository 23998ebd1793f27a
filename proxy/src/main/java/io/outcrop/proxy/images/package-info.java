/** Whole images: what belongs to one, which are held, which are to be. */
@NullMarked
package io.outcrop.proxy.images;

import org.jspecify.annotations.NullMarked;

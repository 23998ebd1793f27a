/**
 * Re-layers images so that they share what they have in common.
 *
 * <p>Here belongs the way of an image from its layers to better ones: the scan of a layer into
 * entries, the fold of layers into a view, the sharing classes and planners that group entries into
 * layers, the deterministic writer, and the proof that the refactored view equals the original one.
 */
@NullMarked
package io.outcrop.refactor;

import org.jspecify.annotations.NullMarked;

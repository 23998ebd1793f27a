/**
 * What a re-layering is measured against: how little could be stored at all, and what other
 * groupings would store.
 *
 * <p>Reads OCI layouts by its own means. It shares no code with the refactor engine, so that the
 * two cannot be wrong together. Names, link targets and attributes are bytes, held in Latin-1
 * strings.
 */
@NullMarked
package io.outcrop.bench.refactor;

import org.jspecify.annotations.NullMarked;

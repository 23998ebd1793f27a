/** What layers of a set of images have in common, and what another layering of them would save. */
@NullMarked
package io.outcrop.refactor.report;

import org.jspecify.annotations.NullMarked;

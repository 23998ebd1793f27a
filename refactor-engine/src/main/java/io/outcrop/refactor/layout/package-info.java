/** Refactors images of an OCI image layout in a folder, with no server. */
@NullMarked
package io.outcrop.refactor.layout;

import org.jspecify.annotations.NullMarked;

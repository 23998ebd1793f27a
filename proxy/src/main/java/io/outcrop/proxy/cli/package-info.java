/** The command line. */
@NullMarked
package io.outcrop.proxy.cli;

import org.jspecify.annotations.NullMarked;

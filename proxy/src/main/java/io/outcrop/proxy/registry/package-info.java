/** The distribution API: routes, headers and errors as container runtimes know them. */
@NullMarked
package io.outcrop.proxy.registry;

import org.jspecify.annotations.NullMarked;

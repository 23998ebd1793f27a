/** What an operator can set: typed, immutable, with every default in one place. */
@NullMarked
package io.outcrop.proxy.config;

import org.jspecify.annotations.NullMarked;

/** From the name in a request to the upstream and repository it means. */
@NullMarked
package io.outcrop.proxy.names;

import org.jspecify.annotations.NullMarked;

/** What an operator brings to an edge by hand, and takes from it, without any upstream. */
@NullMarked
package io.outcrop.proxy.transfer;

import org.jspecify.annotations.NullMarked;

/** What operators and monitoring ask of an edge. */
@NullMarked
package io.outcrop.proxy.admin;

import org.jspecify.annotations.NullMarked;

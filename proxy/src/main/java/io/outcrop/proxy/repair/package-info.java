/** Getting content again that the disk has lost or changed. */
@NullMarked
package io.outcrop.proxy.repair;

import org.jspecify.annotations.NullMarked;
